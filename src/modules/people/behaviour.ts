/** What upper modules know of people: behaviour is theirs. Throws `Unavailable` while ClickHouse is away. */
export interface Behaviour {
  /** The furthest stage on the path that these identifiers' events reached. */
  stageOf(workspaceId: number, keys: readonly number[]): Promise<string | null>;
  /** When each of these identifiers had such an event last, in ms; those that had none are left out. */
  lastSeen(workspaceId: number, keys: readonly number[], wanted?: EventWanted): Promise<Map<number, number>>;
  /**
   * People with an event as it is wanted, by the newest such event or by when they were met, from beyond a place; the
   * last of all comes when fewer than `most` are handed out.
   */
  seen(workspaceId: number, wanted: SeenWanted): Promise<{ person: number; last: number }[]>;
  countSeen(workspaceId: number, wanted: EventWanted): Promise<number>;
}

/** One event tells all of it: of that stage, over that channel, since then. */
interface EventWanted {
  from: Date | null;
  channel: string | null;
  stage: string | null;
}

export interface SeenWanted extends EventWanted {
  order: 'seen' | 'newest' | 'oldest' | 'name';
  after: { person: number; last: number } | null;
  most: number;
}
