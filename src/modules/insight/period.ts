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
