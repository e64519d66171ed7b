/** Which versions of snapshots the statements and the states of a workspace look at. */
export class SnapshotVersions {
  /** The current ones: what statements look at, and those who were not moved yet. */
  readonly current: Map<string, number>;
  /** What people are given when they are fetched. Other than the current ones while people are moved on. */
  readonly live: Map<string, number>;
  /** Everybody was moved on to these: a round makes them the current ones. */
  reached: ReadonlyMap<string, number> | null = null;
  isMoving = false;

  constructor(current: ReadonlyMap<string, number>) {
    this.current = new Map(current);
    this.live = new Map(current);
  }
}
