/** A rule under evaluation, by its place in the compiled set. */
export interface Edition {
  readonly id: number;
  readonly segmentId: number;
  state: 'filling' | 'live' | 'over';
  /** While it is filled: the people whose rows the live path has written, and who need not be taken from the fill. */
  readonly known: Set<number>;
  /** Why it is not evaluated any more; the others go on. */
  error: string | null;
}
