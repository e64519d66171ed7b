import type { ClickHouse } from '#platform/clickhouse';
import { pastEvents } from '../dry-run-sql.ts';
import { eventOf, gathered } from '../past-event.ts';
import { isWhy } from '../rule/compile.ts';
import { type AcquaintDeps, acquaint } from './acquaint.ts';
import { happenedIn, takesBackOf, type Wanted } from './claims.ts';
import { decide } from './decide.ts';
import type { Rules } from './rules-now.ts';

interface PastDeps extends AcquaintDeps {
  ch: ClickHouse;
  rules: Rules;
  clock: { now(): Date };
  depth(workspaceId: number): Promise<number>;
  decided(workspaceId: number): void;
}

/**
 * Decides what events of the past earn by the rules as they are, as if they came in now; coming into segments is not
 * among them. An event that was paid for is not paid for again, whoever looked at it first.
 */
export async function payPast(
  deps: PastDeps,
  workspaceId: number,
  o: { from: number; to: number },
): Promise<void> {
  const { ch, pg, rules, clock } = deps;
  const now = await rules.now(workspaceId);
  const [depth, takesBack] = [await deps.depth(workspaceId), takesBackOf(now)];
  for (const of of now.rules) {
    const newest = of.versions.at(-1);
    const { event: matcher, takenBackBy } = newest?.rule ?? {};
    if (of.paused || !newest || !matcher) continue;
    const wantedOf = (row: Parameters<typeof eventOf>[0]): Wanted => {
      const event = eventOf(row);
      const basis = matcher.holds(event.row) ? newest.rule.basis(event) : null;
      return {
        key: Number(row.key),
        messageId: row.message_id,
        orderId: row.order_id || null,
        historical: true,
        event,
        pays: basis && !isWhy(basis) ? [{ of, ...newest, basis }] : [],
        takesBack: row.order_id !== '' && takesBack(row.event).size > 0,
      };
    };
    const asked = { matcher, back: [...(takenBackBy ?? [])], ...o };
    for await (const rows of gathered(pastEvents(ch, workspaceId, asked))) {
      const wanted = rows.map(wantedOf);
      const who = await acquaint(deps, workspaceId, wanted, depth);
      const happened = wanted.flatMap((one) => happenedIn(one, now, who));
      await pg.inWorkspace(workspaceId, async (tx) => {
        const decided = await decide(tx, workspaceId, happened, { takesBack, now: clock.now() });
        if (decided > 0) tx.afterCommit(() => deps.decided(workspaceId));
      });
    }
  }
}
