/**
 * Something that pages want to hear of while it happens. A topic has no state of its own: it says where it stands, and
 * what came between two places, so that any process can go on for any other.
 */
export interface LiveTopic {
  /** The `event` of the stream. */
  readonly name: string;
  /** Who may not do this does not hear of it. */
  readonly needs: string;
  /** The least time between two looks; a wake-up makes it look at once. */
  readonly everyMs: number;
  /** Where the workspace stands now: a short text that changes when there is something to tell. */
  position(workspaceId: number): Promise<string>;
  /** What to tell whoever stood at `after` and stands at `upTo` from now on; null for nothing. Keep it bounded. */
  between(workspaceId: number, after: string, upTo: string): Promise<object | null>;
}

/** Where a listener stands in each topic; goes over the line as the id of an event. */
export type Positions = ReadonlyMap<string, string>;

export function idOf(positions: Positions): string {
  return new URLSearchParams([...positions]).toString();
}

const longestId = 2_000;

/** Null where the text is no id of ours. */
export function parseId(text: string): Positions | null {
  if (text.length > longestId) return null;
  const positions = new Map(new URLSearchParams(text));
  return positions.size > 0 && [...positions.values()].every((value) => value !== '') ? positions : null;
}
