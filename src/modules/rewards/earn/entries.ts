import type { People } from '#modules/people';
import type { Segments } from '#modules/segments';
import type { Clock } from '#platform/clock';
import type { StoredFact } from '#platform/facts';
import type { Postgres, Tx } from '#platform/postgres';
import { isWhy, partOf } from '../rule/compile.ts';
import { invitersOf as readInviters } from './award-sql.ts';
import { claim, invitersOf, upwards } from './claims.ts';
import { decide, type Happened } from './decide.ts';
import { type Rules, versionAt } from './rules-now.ts';

/** Pays for coming into a segment: the fact's transaction decides, and each coming in is known by its moment. */
export function entryHandler(deps: {
  pg: Postgres;
  people: People;
  segments: Segments;
  clock: Clock;
  rules: Rules;
  depth(workspaceId: number): Promise<number>;
  decided(workspaceId: number): void;
}): (fact: StoredFact, tx: Tx) => Promise<void> {
  const { people, segments, clock, rules } = deps;
  return async (fact, tx) => {
    const { workspaceId } = fact;
    const now = await rules.now(workspaceId);
    const paying = now.rules.filter(
      ({ paused, versions }) => !paused && versions.some(({ rule }) => 'enters' in rule.body.when),
    );
    if (paying.length === 0) return;
    const segment = (await segments.idsOf(workspaceId)).get(Number(fact.data.segment));
    const at = Number(fact.data.at);
    const key = Number(fact.subject);
    const person = (await people.changes.personsOf(tx, workspaceId, [key])).get(key);
    if (segment === undefined || !person) return;
    const [facts] = await people.changes.facts(tx, workspaceId, [person]);
    const depth = await deps.depth(workspaceId);
    const happened: Happened[] = [];
    for (const of of paying) {
      const found = versionAt(of, at);
      const { body } = found?.rule ?? {};
      if (!found || !body || !('enters' in body.when) || body.when.enters !== segment) continue;
      if (at < (of.versions[0]?.since ?? 0)) continue;
      const basis = found.rule.basis(null);
      if (isWhy(basis)) continue;
      const factor = found.rule.factor(at, { traits: facts?.traits ?? {}, segments: new Set([segment]) });
      const payees =
        body.to === 'inviter'
          ? await inviters(tx, workspaceId, person, { at, most: Math.min(depth, found.rule.degrees.length) })
          : [{ person, role: 'person', degree: 0 }];
      for (const payee of payees) {
        const part = partOf(factor, found.rule.degrees[payee.degree] ?? { n: 1n, d: 1n });
        const pay = { of, version: found.version, rule: found.rule, basis, factor: part };
        const messageId = `entry ${segment} ${key} ${at}`;
        const keys = payee.person === person ? (facts?.keys ?? [person]) : [payee.person];
        happened.push({ claim: claim(pay, now, { ...payee, messageId, orderId: null, at, keys }) });
      }
    }
    const decided = await decide(tx, workspaceId, happened, { takesBack: () => new Set(), now: clock.now() });
    if (decided > 0) tx.afterCommit(() => deps.decided(workspaceId));
  };

  async function inviters(tx: Tx, workspaceId: number, person: number, o: { at: number; most: number }) {
    const known = new Map<number, { inviter: number; at: number }>();
    let level = [person];
    for (let degree = 0; degree < o.most && level.length > 0; degree++) {
      const rows = await readInviters(tx, workspaceId, level);
      for (const row of rows) known.set(row.person, { inviter: row.inviter, at: row.at.getTime() });
      level = rows.map((row) => row.inviter);
    }
    return invitersOf(o.at, person, o.most, {
      inviters: (of, at, most) => upwards((one) => known.get(one), of, at, most),
    });
  }
}
