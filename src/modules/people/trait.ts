/**
 * The value, the time of the event it came with (ms), what decides between values of one time, and for names the
 * words to be found by.
 */
export type TraitEntry = [value: unknown, at: number, tie: number, words?: string];
export type StoredTraits = Record<string, TraitEntry>;
