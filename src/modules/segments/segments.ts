import type { Collect } from '#modules/collect';
import type { Identity, Principal } from '#modules/identity';
import type { People } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import { uuidv7 } from '#platform/ids';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { ComputedTraits } from './computed/computed.ts';
import { Conditions } from './conditions.ts';
import { Carrier } from './live/carry.ts';
import type { Listening } from './live/evaluation.ts';
import { PersonExtras } from './live/extras.ts';
import { removeEditions, removePersons } from './live/members-sql.ts';
import { deleteEditions, hasEditions, oldEditions, raiseSetVersion, renewAll } from './live/persist-sql.ts';
import { type Proof, prove } from './live/prove.ts';
import { Membership } from './live/read.ts';
import { reader as follower } from './live/round.ts';
import { expanded, refersTo, WorkspaceRules } from './live/rules.ts';
import { Runner } from './live/runner.ts';
import { Waiting } from './live/waiting.ts';
import { stateOf } from './live/why.ts';
import { type EventConditions, eventConditions, readRule } from './rule/index.ts';
import { refuse } from './schema.ts';
import { rfm } from './snapshots/rfm.ts';
import { Snapshots } from './snapshots/snapshots.ts';
import * as sql from './sql.ts';
import { withConditions } from './why.ts';

export interface SegmentsDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  people: People;
  collect: Collect;
  facts: Facts;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  /** How many entries of people's histories are kept at hand, at 24 bytes each; for tests. */
  room?: number;
  /** Of whose comings and goings each is to be a fact of its own; where nobody tells, of all. */
  listening?: (tx: Tx, workspaceId: number) => Promise<Listening>;
}

export type Segments = ReturnType<typeof createSegments>;

const usualRoom = 25_000_000;
const lookaheadMs = 10 * 60_000;
const ownFacts = ['segment.entered', 'segment.left', 'segment.moved'];
const keepFactsMs = 30 * 86_400_000;

/** Rules about people, and who is in them, kept up to date at any moment. */
export function createSegments(deps: SegmentsDeps) {
  const { pg, ch, identity, people, collect, facts, jobs, clock, log } = deps;
  const snapshots = new Snapshots({ ...{ pg, ch, identity, collect, jobs, clock, log }, wake });
  snapshots.register(rfm(ch));
  const conditions = new Conditions(people, follower);
  const rules = new WorkspaceRules({ ...deps, snapshots, conditions });
  const computed = new ComputedTraits({ ...{ pg, ch, identity, collect, clock, snapshots, rules }, wake });
  people.addExport('computed_traits', async (workspaceId, keys) => {
    const person = Math.min(...keys);
    return (await computed.of(workspaceId, [person])).get(person) ?? {};
  });
  const waiting = new Waiting();
  const carrier = new Carrier({ pg, ch, clock, log, waiting });
  const { reader } = collect;
  const extras = new PersonExtras({
    pg,
    ch,
    conditions,
    versions: async (id) => runner.opened(id)?.compiled.snapshots.live ?? (await snapshots.current(id)),
  });
  const settled = (workspaceId: number) => collect.settled(workspaceId);
  const listeners = deps.listening ? [deps.listening] : [];
  async function listening(tx: Tx, workspaceId: number): Promise<Listening> {
    if (listeners.length === 0) return 'all';
    const all = await Promise.all(listeners.map((asked) => asked(tx, workspaceId)));
    return all.includes('all') ? 'all' : new Set(all.flatMap((one) => (one === 'all' ? [] : [...one])));
  }
  const runner = new Runner({
    ...{ pg, ch, people, facts, clock, log, reader, extras, rules, settled, waiting, lookaheadMs, listening },
    room: deps.room ?? usualRoom,
  });
  const membership = new Membership({ pg, ch, clock, carrier, waiting, runner });
  let stopHearing = () => {};

  people.addErasurePart({
    name: 'segments',
    async hide(tx, workspaceId, { keys }) {
      await sql.removeListKeys(tx, workspaceId, keys);
    },
    async purge(workspaceId, { keys }) {
      await carrier.flush();
      await removePersons(ch, workspaceId, keys);
    },
  });

  collect.onForgotten(async (workspaceId) => {
    await pg.inWorkspace(workspaceId, async (tx) => {
      if (!(await hasEditions(tx, workspaceId))) return;
      await renewAll(tx, workspaceId, clock.now());
      await raiseSetVersion(tx, workspaceId);
      wake(tx, workspaceId);
    });
  });

  function wake(tx: Tx, workspaceId: number): void {
    tx.afterCommit(() => runner.wake(workspaceId));
  }

  async function find(workspaceId: number, uuid: string): Promise<sql.SegmentRow> {
    const row = await pg.inWorkspace(workspaceId, (tx) => sql.findSegment(tx, workspaceId, uuid));
    if (!row) throw refuse('no-such-segment', 'No segment of this workspace has this id.');
    return row;
  }

  /** Those that ask for one of these, and those that ask for them. */
  function dependents(all: readonly sql.SegmentRow[], of: sql.SegmentRow): sql.SegmentRow[] {
    const ids = new Set([of.uuid, String(of.id)]);
    const found = new Set<sql.SegmentRow>();
    for (let more = true; more; ) {
      more = false;
      for (const one of all) {
        if (one.id === of.id || found.has(one) || !refersTo(one.rule, ids)) continue;
        found.add(one);
        ids.add(one.uuid).add(String(one.id));
        more = true;
      }
    }
    return [...found];
  }

  async function proveOne(workspaceId: number, row: sql.SegmentRow): Promise<Proof> {
    if (row.edition === null)
      throw refuse('not-filled', 'The segment is still being filled; try again soon.');
    const now = () => clock.now();
    const tick = () => clock.tick();
    const sleep = (ms: number) => clock.sleep(ms);
    const proof = await prove({ ch, runner, carrier, settled, now, tick, sleep }, workspaceId, row.edition);
    if (!proof)
      throw refuse('not-filled', 'The segment changed, or another process runs it; try again soon.');
    await pg.inWorkspace(workspaceId, (tx) => sql.saveProof(tx, workspaceId, row.id, proof));
    return proof;
  }

  jobs.define('segments.prove', async () => {
    for (const workspace of await identity.workspaces.list()) {
      const rows = await pg.inWorkspace(workspace.id, (tx) => sql.listSegments(tx, workspace.id, false));
      for (const row of rows) {
        if (row.edition === null) continue;
        const proof = await proveOne(workspace.id, row).catch((error: unknown) => {
          log.warn({ workspaceId: workspace.id, segment: row.id, err: error }, 'a segment was not proved');
        });
        if (proof && proof.different > 0)
          log.error(
            { workspaceId: workspace.id, segment: row.id, different: proof.different },
            'a segment differs from its rule',
          );
      }
    }
  });
  jobs.cron('segments.prove', '20 4 * * *');
  jobs.define('segments.tidy', async () => {
    for (const workspace of await identity.workspaces.list()) {
      const old = await pg.inWorkspace(workspace.id, async (tx) => {
        const waited = new Set((await waiting.of(tx, workspace.id)).map(({ edition }) => edition));
        return (await oldEditions(tx, workspace.id)).filter((edition) => !waited.has(edition));
      });
      if (old.length === 0) continue;
      await removeEditions(ch, workspace.id, old);
      await pg.inWorkspace(workspace.id, (tx) => deleteEditions(tx, workspace.id, old));
    }
    await facts.forgetOld(ownFacts, new Date(clock.ms() - keepFactsMs));
  });
  jobs.cron('segments.tidy', '50 4 * * *');

  return {
    runner,
    carrier,
    membership,
    rules,
    /** Values that compare people with each other; later modules register theirs. */
    snapshots,
    /** Conditions of later modules, which register theirs. */
    conditions,
    computed,
    find,
    list: (workspaceId: number, archived = false) =>
      pg.inWorkspace(workspaceId, (tx) => sql.listSegments(tx, workspaceId, archived)),

    /** The ids that people know, by those in facts. */
    /**
     * Says of whose comings and goings somebody wants a fact each (`segment.entered`, `segment.left`), asked in the
     * transaction that writes them: under load they are many, and where nobody listens they are not written. Nobody at
     * all having said anything: all.
     */
    listen(wanted: (tx: Tx, workspaceId: number) => Promise<Listening>): void {
      listeners.push(wanted);
    },
    idsOf: (workspaceId: number): Promise<Map<number, string>> =>
      pg.inWorkspace(workspaceId, (tx) => sql.segmentIds(tx, workspaceId)),
    /** The same, as a transaction sees them. */
    idsIn: (tx: Tx, workspaceId: number): Promise<Map<number, string>> => sql.segmentIds(tx, workspaceId),
    /** The key of a person's oldest identifier, which memberships go by. Refuses `people/no-such-person`. */
    async headOf(workspaceId: number, id: string): Promise<number> {
      return Math.min(...(await people.keysOf(workspaceId, id)));
    },
    /** The rule as a tree, with what was found of the person for each part. */
    async why(workspaceId: number, uuid: string, person: number) {
      const row = await find(workspaceId, uuid);
      const context = await rules.context(workspaceId);
      const rule = expanded(row.rule, context);
      const compiled = await rules.compile(workspaceId, [{ id: row.id, rule }]);
      const found = await stateOf({ pg, ch, people, extras, reader, waiting }, workspaceId, person, compiled);
      if (!found) return null;
      const now = clock.ms();
      const verdict = found.set.evaluate(found.state, 0, now);
      const why = withConditions(row.rule, found.set.explain(found.state, 0, now), context.segments);
      return { ...verdict, why };
    },
    /** A statement that finds who is in now, for questions of other modules. Refuses `not-filled`. */
    async membersStatement(workspaceId: number, uuid: string) {
      const { edition } = await find(workspaceId, uuid);
      if (edition === null) throw refuse('not-filled', 'The segment is being filled, or archived.');
      return membership.statement(workspaceId, edition);
    },
    /** Events as rules name them, as conditions over rows of `events`. Refuses `bad-rule`. */
    async eventConditions(workspaceId: number, matches: readonly unknown[]): Promise<EventConditions> {
      return eventConditions(matches, await rules.context(workspaceId));
    },
    /** How long the oldest batch has waited to be evaluated, ms. */
    lagMs: (workspaceId: number) =>
      pg.inWorkspace(workspaceId, (tx) => reader.lagMs(tx, workspaceId, 'segments')),

    /** Refuses `bad-rule` with the place and the reason, and `name-taken`. */
    async create(
      by: Principal,
      s: { name: string; description?: string; rule: unknown },
    ): Promise<sql.SegmentRow> {
      const { workspaceId } = by;
      const uuid = uuidv7(clock);
      const context = await rules.context(workspaceId);
      const rule = readRule(s.rule, context);
      const now = clock.now();
      await pg.inWorkspace(workspaceId, async (tx) => {
        const given = { uuid, name: s.name, description: s.description ?? '', rule, now };
        const id = await sql.insertSegment(tx, workspaceId, given);
        if (id === null) throw refuse('name-taken', `There is a segment named "${s.name}" already.`);
        await sql.insertEdition(tx, workspaceId, id, expanded(rule, context), now);
        await raiseSetVersion(tx, workspaceId);
        await identity.audit(tx, by, 'segments.created', `segment:${uuid}`);
        wake(tx, workspaceId);
      });
      return find(workspaceId, uuid);
    },

    /** A new rule is filled beside the old one and switched over when it is complete. */
    async edit(
      by: Principal,
      uuid: string,
      s: { name?: string | undefined; description?: string | undefined; rule?: unknown },
    ): Promise<sql.SegmentRow> {
      const { workspaceId } = by;
      const row = await find(workspaceId, uuid);
      const wanted = s.rule ?? row.rule;
      const context = await rules.context(workspaceId, { uuid, id: row.id, rule: wanted });
      const rule = readRule(wanted, context);
      const isNew = JSON.stringify(rule) !== JSON.stringify(row.rule);
      const now = clock.now();
      await pg.inWorkspace(workspaceId, async (tx) => {
        const name = s.name ?? row.name;
        const description = s.description ?? row.description;
        if (!(await sql.updateSegment(tx, workspaceId, row.id, { name, description, rule, now })))
          throw refuse('name-taken', `There is a segment named "${name}" already.`);
        await identity.audit(tx, by, 'segments.edited', `segment:${uuid}`);
        if (!isNew) return;
        const all = await sql.listSegments(tx, workspaceId, false);
        for (const one of [{ ...row, rule }, ...dependents(all, row)]) {
          readRule(one.rule, context);
          await sql.insertEdition(tx, workspaceId, one.id, expanded(one.rule, context), now);
        }
        await raiseSetVersion(tx, workspaceId);
        wake(tx, workspaceId);
      });
      return find(workspaceId, uuid);
    },

    async archive(by: Principal, uuid: string): Promise<void> {
      const { workspaceId } = by;
      const row = await find(workspaceId, uuid);
      await pg.inWorkspace(workspaceId, async (tx) => {
        const [first] = dependents(await sql.listSegments(tx, workspaceId, false), row);
        if (first) throw refuse('in-use', `The segment "${first.name}" asks for it; edit that one first.`);
        await sql.archiveSegment(tx, workspaceId, row.id, clock.now());
        await raiseSetVersion(tx, workspaceId);
        await identity.audit(tx, by, 'segments.archived', `segment:${uuid}`);
        wake(tx, workspaceId);
      });
    },

    /** Takes an archived one up again: it is filled anew. Refuses `name-taken`. */
    async restore(by: Principal, uuid: string): Promise<sql.SegmentRow> {
      const { workspaceId } = by;
      const row = await find(workspaceId, uuid);
      if (row.archived_at === null) return row;
      const context = await rules.context(workspaceId);
      const rule = readRule(row.rule, context);
      await pg.inWorkspace(workspaceId, async (tx) => {
        if (!(await sql.restoreSegment(tx, workspaceId, row.id)))
          throw refuse('name-taken', `There is a segment named "${row.name}" already.`);
        await sql.insertEdition(tx, workspaceId, row.id, expanded(rule, context), clock.now());
        await raiseSetVersion(tx, workspaceId);
        await identity.audit(tx, by, 'segments.restored', `segment:${uuid}`);
        wake(tx, workspaceId);
      });
      return find(workspaceId, uuid);
    },

    async prove(workspaceId: number, uuid: string): Promise<Proof> {
      return proveOne(workspaceId, await find(workspaceId, uuid));
    },

    /** Everything that happened until now is evaluated and readable in both engines when this resolves. */
    async settle(workspaceId: number): Promise<void> {
      await runner.settle(workspaceId);
      await carrier.flush();
    },

    start(): void {
      stopHearing = reader.onCommit((workspaceId) => runner.wake(workspaceId));
      carrier.start();
      runner.start();
    },
    async stop(): Promise<void> {
      stopHearing();
      await runner.stop();
      await carrier.stop();
    },

    /** For the routes of this module. */
    inside: { pg, ch, identity, people, collect, clock, extras },
  };
}
