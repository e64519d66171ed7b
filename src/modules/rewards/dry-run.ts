import { DateTime } from 'luxon';
import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Jobs } from '#platform/jobs';
import { type Postgres, withoutValues } from '#platform/postgres';
import * as sql from './dry-run-sql.ts';
import { claim, happenedIn, namedIn, upwards, usersByIds, type Wanted } from './earn/claims.ts';
import type { LiveClaim } from './earn/decide.ts';
import { daysOf, type Rules, type RulesNow, type RunningRule } from './earn/rules-now.ts';
import { eventOf, gathered } from './past-event.ts';
import { Book } from './rule/book.ts';
import { type Circumstances, type CompiledRule, isWhy } from './rule/compile.ts';
import { type Cost, type DryRunAnswer, type NewDryRun, type RuleBody, refuse } from './schema.ts';

const states = ['running', 'done', 'failed'] as const;
const sliceDays = 31;
const dayMs = 86_400_000;

interface DryRunsDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  people: People;
  segments: Segments;
  jobs: Jobs;
  clock: Clock;
  rules: Rules;
  depth(workspaceId: number): Promise<number>;
}

/** What a rule would have cost: the same pure code over what ClickHouse has of the past. Nobody is paid by it. */
export class DryRuns {
  readonly #deps: DryRunsDeps;

  constructor(deps: DryRunsDeps) {
    this.#deps = deps;
    deps.jobs.define<{ workspaceId: number; uuid: string }>('rewards.dry-run', ({ workspaceId, uuid }) =>
      this.#work(workspaceId, uuid),
    );
  }

  /** Refuses `bad-rule`. */
  async begin(workspaceId: number, o: NewDryRun): Promise<DryRunAnswer> {
    const { pg, jobs, clock, rules } = this.#deps;
    await rules.compile(workspaceId, o.rule);
    if (o.to < o.from) throw refuse('bad-rule', 'The last day is before the first.');
    const uuid = uuidv7(clock);
    await pg.inWorkspace(workspaceId, async (tx) => {
      await sql.insertRun(tx, workspaceId, { uuid, rule: o.rule, from: o.from, to: o.to, now: clock.now() });
      await jobs.enqueue(tx, 'rewards.dry-run', { workspaceId, uuid }, { maxAttempts: 2 });
    });
    return this.get(workspaceId, uuid);
  }

  async get(workspaceId: number, uuid: string): Promise<DryRunAnswer> {
    const row = await this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.findRun(tx, workspaceId, uuid));
    if (!row) throw refuse('no-such-run', 'No dry run of this workspace has this id.');
    const { state, progress, from_day: from, to_day: to, cost, problem } = row;
    return { id: row.uuid, state: states[state] ?? 'failed', progress, from, to, cost, problem };
  }

  async #work(workspaceId: number, uuid: string): Promise<void> {
    const { pg } = this.#deps;
    const row = await pg.inWorkspace(workspaceId, (tx) => sql.findRun(tx, workspaceId, uuid));
    if (row?.state !== 0) return;
    const save = (r: { state: number; progress: number; cost?: Cost; problem?: string }) =>
      pg.inWorkspace(workspaceId, (tx) => sql.saveRun(tx, workspaceId, { uuid, ...r }));
    try {
      const cost = await this.cost(
        workspaceId,
        row.rule,
        { from: row.from_day, to: row.to_day },
        (progress) => save({ state: 0, progress }),
      );
      await save({ state: 1, progress: 1, cost });
    } catch (error) {
      await save({ state: 2, progress: 0, problem: withoutValues(error) });
    }
  }

  /** What the rule would have paid for these days, both included. */
  async cost(
    workspaceId: number,
    body: RuleBody,
    o: { from: string; to: string },
    progressed: (share: number) => Promise<void> = async () => {},
  ): Promise<Cost> {
    const { ch, identity, clock, rules } = this.#deps;
    const rule = await rules.compile(workspaceId, { ...body, past: true });
    const timeZone = (await identity.workspaces.get(workspaceId))?.timeZone ?? 'UTC';
    const now: RulesNow = { rules: [], timeZone, dayOf: daysOf(timeZone) };
    const of: RunningRule = { id: 0, uuid: '', programme: '', paused: false, versions: [] };
    const start = DateTime.fromISO(o.from, { zone: timeZone }).toMillis();
    const end = DateTime.fromISO(o.to, { zone: timeZone }).plus({ days: 1 }).toMillis();
    const book = new Book<LiveClaim>();
    const unpaid: Record<string, number> = {};
    let events = 0;
    const who = await this.#acquaintance(workspaceId, rule);

    if (!rule.event) return this.#costOfEntries(workspaceId, rule, { now, of, end, book, who });
    const back = [...rule.takenBackBy];
    const until = Math.max(end, clock.ms());
    const cuts: number[] = [];
    for (let at = start; at < end; at += sliceDays * dayMs) cuts.push(at);
    const slices = [
      ...cuts.map((from, i) => ({ from, to: cuts[i + 1] ?? end, matcher: rule.event })),
      ...(until > end ? [{ from: end, to: until, matcher: null }] : []),
    ];
    for (const [i, slice] of slices.entries()) {
      for await (const rows of gathered(sql.pastEvents(ch, workspaceId, { ...slice, back }))) {
        const wanted = rows.flatMap((row): Wanted[] => {
          const event = eventOf(row);
          const takesBack = rule.takenBackBy.has(row.event) && row.order_id !== '';
          const isWanted = slice.matcher?.holds(event.row) === true;
          if (isWanted) events++;
          const basis = isWanted ? rule.basis(event) : null;
          if (typeof basis === 'string') unpaid[basis] = (unpaid[basis] ?? 0) + 1;
          const pays = basis && !isWhy(basis) ? [{ of, version: 0, rule, basis }] : [];
          const orderId = row.order_id || null;
          who.meet(Number(row.key), Number(row.person));
          return [
            {
              key: Number(row.key),
              messageId: row.message_id,
              orderId,
              historical: false,
              event,
              pays,
              takesBack,
            },
          ];
        });
        await who.learn(wanted);
        for (const one of wanted) {
          const happened = happenedIn(one, now, who);
          if (one.pays.length > 0 && !happened.some((h) => 'claim' in h))
            unpaid.nobody = (unpaid.nobody ?? 0) + 1;
          for (const h of happened) {
            if ('claim' in h) book.earn(h.claim);
            else book.refund(h.refund.messageId, h.refund.orderId, ruleZero, h.refund.refund);
          }
        }
      }
      await progressed((i + 1) / slices.length);
    }
    return costOf(book, events, unpaid);
  }

  /** Who is in now, each once: when somebody came in is not asked of the past. */
  async #costOfEntries(
    workspaceId: number,
    rule: CompiledRule,
    o: { now: RulesNow; of: RunningRule; end: number; book: Book<LiveClaim>; who: Circle },
  ): Promise<Cost> {
    const { ch, segments } = this.#deps;
    const segment = 'enters' in rule.body.when ? rule.body.when.enters : '';
    const members = await sql.pastEntries(ch, await segments.membersStatement(workspaceId, segment));
    const basis = rule.basis(null);
    if (isWhy(basis)) throw new Error('Coming into a segment is worth a fixed number of points.');
    for (const person of members) {
      const payees =
        rule.body.to === 'inviter'
          ? o.who.inviters(person, o.end, Math.min(o.who.depth, rule.degrees.length))
          : [person];
      payees.forEach((payee, degree) => {
        const factor = rule.degrees[degree] ?? { n: 1n, d: 1n };
        const about = { messageId: `${person}`, orderId: null, at: o.end - 1, keys: [payee] };
        const pay = { of: o.of, version: 0, rule, basis, factor };
        o.book.earn(claim(pay, o.now, { ...about, person: payee, role: `${degree}` }));
      });
    }
    return costOf(o.book, members.length, {});
  }

  async #acquaintance(workspaceId: number, rule: CompiledRule): Promise<Circle> {
    const { ch, pg, people, segments } = this.#deps;
    const inWorkspace: Parameters<typeof usersByIds>[1] = (work) => pg.inWorkspace(workspaceId, work);
    const users = new Map<string, number | null>();
    const learnUsers = async (ids: readonly string[]) => {
      const fresh = [...new Set(ids)].filter((id) => !users.has(id));
      const found = await usersByIds(people, inWorkspace, workspaceId, fresh);
      for (const id of fresh) users.set(id, found.get(id) ?? null);
    };
    const inviters = new Map<number, { inviter: number; at: number }>();
    if (rule.body.to === 'inviter') {
      const rows = await sql.pastInvitations(ch, workspaceId);
      await learnUsers(rows.map((row) => row.inviter));
      for (const row of rows) {
        const inviter = users.get(row.inviter);
        if (inviter !== null && inviter !== undefined)
          inviters.set(Number(row.person), { inviter, at: Number(row.t) });
      }
    }
    const segmentsOf = new Map<number, Set<string>>();
    for (const segment of rule.asksSegments) {
      const members = await sql.pastEntries(ch, await segments.membersStatement(workspaceId, segment));
      for (const person of members) {
        const of = segmentsOf.get(person);
        if (of) of.add(segment);
        else segmentsOf.set(person, new Set([segment]));
      }
    }
    const persons = new Map<number, number>();
    const traits = new Map<number, Record<string, unknown>>();
    const noSegments = new Set<string>();
    return {
      depth: await this.#deps.depth(workspaceId),
      meet: (key, person) => void persons.set(key, person),
      async learn(wanted) {
        if (rule.body.to === 'seller') await learnUsers(wanted.flatMap((one) => namedIn(one).seller ?? []));
        if (!rule.asksTraits) return;
        const fresh = [...new Set(wanted.flatMap((one) => persons.get(one.key) ?? []))].filter(
          (p) => !traits.has(p),
        );
        const facts = await pg.inWorkspace(workspaceId, (tx) => people.changes.facts(tx, workspaceId, fresh));
        for (const one of facts) traits.set(one.person, one.traits);
      },
      person: (key) => persons.get(key) ?? null,
      user: (id) => users.get(id) ?? null,
      inviters: (person, at, most) => upwards((one) => inviters.get(one), person, at, most),
      keysOf: (person) => [person],
      circumstances: (person): Circumstances => ({
        traits: traits.get(person) ?? {},
        segments: segmentsOf.get(person) ?? noSegments,
      }),
    };
  }
}

type Circle = Parameters<typeof happenedIn>[2] & {
  meet(key: number, person: number): void;
  learn(wanted: readonly Wanted[]): Promise<void>;
};

const ruleZero: ReadonlySet<number> = new Set([0]);

function costOf(book: Book<LiveClaim>, events: number, unpaid: Record<string, number>): Cost {
  const days = new Map<number, { points: number; awards: number }>();
  const persons = new Map<number, number>();
  let points = 0;
  let awards = 0;
  for (const { claim: of, target } of book.awards()) {
    const paid = Number(target);
    if (paid === 0) continue;
    awards++;
    points += paid;
    persons.set(of.person, (persons.get(of.person) ?? 0) + paid);
    const day = days.get(of.day) ?? { points: 0, awards: 0 };
    days.set(of.day, { points: day.points + paid, awards: day.awards + 1 });
  }
  const sorted = [...persons.values()].sort((one, other) => one - other);
  const at = (quantile: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0;
  const tenth = sorted.slice(Math.floor(sorted.length * 0.9));
  return {
    points,
    awards,
    people: persons.size,
    events,
    cut: Number(book.cut),
    taken_back: Number(book.takenBack),
    unpaid,
    days: [...days]
      .sort(([one], [other]) => one - other)
      .map(([day, sums]) => ({ day: new Date(day * dayMs).toISOString().slice(0, 10), ...sums })),
    quantiles: [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1].map((quantile) => ({ quantile, points: at(quantile) })),
    top_tenth: tenth.reduce((sum, one) => sum + one, 0),
  };
}
