/** A stretch of time, its end not included, and as long a one before it. */
export interface Period {
  from: Date;
  to: Date;
  withoutBots: boolean;
}

export function parametersOf(workspaceId: number, { from, to, withoutBots }: Period) {
  return {
    ws: workspaceId,
    from: from.getTime(),
    to: to.getTime(),
    before: 2 * from.getTime() - to.getTime(),
    humans: withoutBots ? 1 : 0,
  };
}

/**
 * The person as of now, of a row of `events`; 0: erased. `people_events` asks this twice of every row, once for whether
 * it is to be read, which took as long as all the rest: a report that groups by person leaves 0 out of its result.
 */
export const personNow = "dictGetOrDefault('person_now', 'person', key, person)";
