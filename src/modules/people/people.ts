import type { Identity } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { Unavailable } from '#platform/refusal';
import type { Behaviour } from './behaviour.ts';
import { Changes } from './changes.ts';
import * as directory from './directory.ts';
import type { Erasure, ErasurePart } from './erase.ts';
import { hidePerson, isTelling, suppressionHash } from './erase.ts';
import * as eraseSql from './erase-sql.ts';
import type { IdentityRules } from './identifier.ts';
import { anonymousKinds } from './identifier.ts';
import { PersonMirror } from './mirror.ts';
import { removeKeys } from './mirror-sql.ts';
import { keysByName } from './named.ts';
import type { Observation, Resolved } from './observation.ts';
import { personId } from './person-id.ts';
import * as read from './read-sql.ts';
import { reconsiderPeople } from './reconsider.ts';
import { Resolver } from './resolve.ts';
import { rulesOf } from './rules.ts';
import type { PeopleSettings as Settings } from './schema.ts';
import { PeopleSettings, peopleDefaults } from './schema.ts';
import * as sql from './sql.ts';
import type { ProfileChange } from './traits.ts';
import { saveProfiles } from './traits.ts';

export interface PeopleDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  facts: Facts;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  /** The installation's key for the hashes of erased identifiers. */
  suppressionKey: string;
}

/** A resolved event with whether its strongest identifier says who it was. */
export type ResolvedEvent = Resolved & { known: boolean };

export type People = ReturnType<typeof createPeople>;

const rulesForMs = 1_000;
const purgeAgainMs = 10_000;
const rememberedNodes = 200_000;

/** Identifiers, the persons they belong to, their traits and their consent. */
export function createPeople(deps: PeopleDeps) {
  const { pg, identity, facts, jobs, clock, log } = deps;
  const settings = identity.settings.register('people', PeopleSettings, peopleDefaults);
  const resolver = new Resolver({ facts, clock, cacheLimit: rememberedNodes });
  const mirror = new PersonMirror({ pg, ch: deps.ch, clock, log, pollMs: 200 });
  const changes = new Changes(pg);
  const rulesMemory = new Map<
    number,
    { settings: Settings; country: string; rules: IdentityRules; until: number }
  >();
  const parts: ErasurePart[] = [];
  const exporters: { name: string; of(workspaceId: number, keys: readonly number[]): Promise<unknown> }[] =
    [];
  const knownTypes = new Set<string>();
  let behaviour: Behaviour | null = null;

  async function rules(workspaceId: number): Promise<IdentityRules> {
    const known = rulesMemory.get(workspaceId);
    if (known && known.until > clock.tick()) return known.rules;
    const [now, workspace] = await Promise.all([
      settings.read(workspaceId),
      identity.workspaces.get(workspaceId),
    ]);
    const country = workspace?.country ?? 'US';
    const until = clock.tick() + rulesForMs;
    const made =
      known && known.settings === now && known.country === country ? known.rules : rulesOf(now, country);
    rulesMemory.set(workspaceId, { settings: now, country, rules: made, until });
    return made;
  }

  /** Lets queries see what was decided; where ClickHouse is away, that comes when it is back. */
  const carry = () => mirror.flush().catch(unlessAway);

  /** Carries out what is due, or all of it with `now`; each step may be repeated. */
  async function purge(workspaceId: number, all: boolean): Promise<number> {
    const open = await pg.inWorkspace(workspaceId, (tx) => eraseSql.openErasures(tx, workspaceId));
    // Within the last hours of the promise, so that one pass over ClickHouse serves everybody who is due.
    const soon = clock.ms() + 6 * 3_600_000;
    if (!all && !open.some((row) => row.due_at.getTime() <= soon)) return 0;
    if (open.length === 0) return 0;
    const erasure: Erasure = { id: 0, keys: open.flatMap((row) => row.keys), identifiers: [], needles: [] };
    await mirror.flush();
    for (const part of parts) await part.purge?.(workspaceId, erasure);
    await removeKeys(deps.ch, erasure.keys);
    await pg.inWorkspace(workspaceId, (tx) =>
      eraseSql.finishErasures(
        tx,
        workspaceId,
        open.map((row) => row.id),
        clock.now(),
      ),
    );
    return open.length;
  }

  jobs.define<{ workspaceId: number; all: boolean }>('people.purge', async ({ workspaceId, all }) => {
    const erased = await purge(workspaceId, all);
    if (erased > 0) log.info({ workspaceId, erased }, 'erased people are gone from both engines');
  });
  jobs.define('people.purge-due', async () => {
    for (const workspace of await identity.workspaces.list()) await purge(workspace.id, false);
  });
  jobs.cron('people.purge-due', '17 * * * *');
  jobs.define<{ workspaceId: number }>('people.reconsider', async ({ workspaceId }) => {
    const [now, workspace] = await Promise.all([
      settings.read(workspaceId),
      identity.workspaces.get(workspaceId),
    ]);
    await reconsiderPeople({ pg, facts }, workspaceId, rulesOf(now, workspace?.country ?? 'US'));
    mirror.wake();
  });
  facts.follow('people.reconsider', ['settings.changed'], async (fact, tx) => {
    const { workspaceId } = fact;
    if (fact.data.section !== 'people') return;
    // Other processes may know the rules as they were for another moment.
    const runAt = new Date(clock.ms() + 2 * rulesForMs);
    await jobs.enqueue(
      tx,
      'people.reconsider',
      { workspaceId },
      { key: `people.reconsider:${workspaceId}`, runAt },
    );
  });

  return {
    rules,
    settings: (workspaceId: number) => settings.read(workspaceId),
    useBehaviour(given: Behaviour): void {
      behaviour = given;
    },
    addErasurePart(part: ErasurePart): void {
      parts.push(part);
    },
    addExport(name: string, of: (workspaceId: number, keys: readonly number[]) => Promise<unknown>): void {
      exporters.push({ name, of });
    },
    start: () => mirror.start(),
    stop: () => mirror.stop(),
    mirror,
    changes,
    purge,

    /** Resolves events within the transaction that accepts them. Call `forget` when it fails. */
    async resolve(tx: Tx, workspaceId: number, batch: readonly Observation[]): Promise<ResolvedEvent[]> {
      if (batch.length === 0) return [];
      const resolution = await resolver.resolve(tx, workspaceId, batch, await rules(workspaceId));
      tx.afterCommit(() => {
        resolution.remember();
        if (resolution.moved) mirror.wake();
      });
      return resolution.results.map((who, i) => ({ ...who, known: isKnown(batch[i]) }));
    },
    forget: (workspaceId: number) => resolver.forget(workspaceId),
    saveProfiles: (tx: Tx, workspaceId: number, changes: readonly ProfileChange[]) =>
      saveProfiles(tx, workspaceId, changes, clock.now(), knownTypes),

    /**
     * Which of these identifiers were erased and may not come back by an import; by their place. Who is erased at this
     * moment is waited for, and nobody is erased before the transaction ends.
     */
    async suppressed(
      tx: Tx,
      workspaceId: number,
      identifiers: readonly { kind: string; value: string }[],
    ): Promise<Set<number>> {
      const found = new Set<number>();
      await sql.lockGraph(tx, workspaceId);
      if (!(await eraseSql.hasSuppressions(tx, workspaceId))) return found;
      const hashes = identifiers.map((identifier) => suppressionHash(deps.suppressionKey, identifier));
      const hit = await eraseSql.suppressed(tx, workspaceId, hashes);
      hashes.forEach((hash, i) => {
        if (hit.has(hash.toString('base64'))) found.add(i);
      });
      return found;
    },

    /** Ids of the persons with these keys; who is gone is left out. */
    async idsOf(workspaceId: number, persons: readonly number[]): Promise<Map<number, string>> {
      if (persons.length === 0) return new Map();
      const rows = await pg.inWorkspace(workspaceId, (tx) =>
        read.headsOf(tx, workspaceId, [...new Set(persons)]),
      );
      return new Map(rows.map((row) => [row.key, personId(row.created_at, row.key)]));
    },

    /** Ids of the persons who have these identifiers now; an identifier that was erased is left out. */
    async idsOfKeys(workspaceId: number, keys: readonly number[]): Promise<Map<number, string>> {
      if (keys.length === 0) return new Map();
      return pg.inWorkspace(workspaceId, async (tx) => {
        const rows = await sql.findByKey(tx, workspaceId, [...new Set(keys)]);
        const heads = await read.headsOf(tx, workspaceId, [...new Set(rows.map((row) => row.person_key))]);
        const ids = new Map(heads.map((head) => [head.key, personId(head.created_at, head.key)]));
        return new Map(
          rows.flatMap((row) => {
            const id = ids.get(row.person_key);
            return id === undefined ? [] : [[row.key, id] as const];
          }),
        );
      });
    },

    /** The keys of a person's identifiers: what its events are found by. Refuses `no-such-person`. */
    async keysOf(workspaceId: number, id: string): Promise<number[]> {
      const members = await pg.inWorkspace(workspaceId, (tx) => directory.membersById(tx, workspaceId, id));
      return members.map((row) => row.key);
    },

    /** The keys of a person's identifiers with what they are called, as kind:value. Refuses `no-such-person`. */
    async labelsOf(workspaceId: number, id: string): Promise<Map<number, string>> {
      const members = await pg.inWorkspace(workspaceId, (tx) => directory.membersById(tx, workspaceId, id));
      return new Map(members.map((row) => [row.key, directory.labelOf(row)]));
    },

    /** When each of these people had an event last, in ms; nobody while ClickHouse is away. */
    async lastSeen(
      workspaceId: number,
      list: readonly directory.StoredPerson[],
    ): Promise<Map<number, number>> {
      const keys = list.flatMap(({ members }) => members.map((row) => row.key));
      const byKey = (await behaviour?.lastSeen(workspaceId, keys).catch(unlessAway)) ?? new Map();
      const last = new Map<number, number>();
      for (const { person, members } of list) {
        const times = members.flatMap((row) => byKey.get(row.key) ?? []);
        if (times.length > 0) last.set(person, Math.max(...times));
      }
      return last;
    },

    /** The keys of identifiers written as kind:value, in their order; null where nobody has one. */
    async keysOfIdentifiers(workspaceId: number, texts: readonly string[]): Promise<(number | null)[]> {
      const kinds = await rules(workspaceId);
      return pg.inWorkspace(workspaceId, (tx) => directory.keysOf(tx, workspaceId, texts, kinds));
    },

    /** Of people named by an id or an identifier: the keys of all their identifiers, the named one's first. */
    async keysOfNames(workspaceId: number, names: readonly string[]): Promise<Map<string, number[]>> {
      if (names.length === 0) return new Map();
      const kinds = await rules(workspaceId);
      return pg.inWorkspace(workspaceId, (tx) => keysByName(tx, workspaceId, names, kinds));
    },

    /** Every identifier with the person who has it. */
    async *allIdentifiers(
      workspaceId: number,
    ): AsyncGenerator<{ kind: string; value: string; person: number; key: number; state: number }> {
      for (let key = 0; ; ) {
        const rows = await pg.inWorkspace(workspaceId, (tx) =>
          read.identifiersAfter(tx, workspaceId, key, 5_000),
        );
        for (const row of rows)
          yield { kind: row.kind, value: row.value, person: row.person_key, key: row.key, state: row.state };
        const last = rows.at(-1);
        if (!last || rows.length < 5_000) return;
        key = last.key;
      }
    },

    /** Everything about a person, for the API. Refuses `no-such-person`. */
    async describe(workspaceId: number, id: string) {
      const [now, kinds] = await Promise.all([settings.read(workspaceId), rules(workspaceId)]);
      const { person, keys } = await pg.inWorkspace(workspaceId, async (tx) => {
        const members = await directory.membersById(tx, workspaceId, id);
        return {
          person: await directory.describe(tx, workspaceId, members, kinds, now),
          keys: members.map((row) => row.key),
        };
      });
      // Whoever stands at the till is known also while ClickHouse is away.
      const stage = await behaviour?.stageOf(workspaceId, keys).catch(unlessAway);
      return { ...person, stage: stage ?? null };
    },

    /** Everything that is known of a person, as it can be handed over. Refuses `no-such-person`. */
    async export(workspaceId: number, id: string): Promise<Record<string, unknown>> {
      const now = await settings.read(workspaceId);
      const kinds = await rules(workspaceId);
      const { person, keys, consents } = await pg.inWorkspace(workspaceId, async (tx) => {
        const members = await directory.membersById(tx, workspaceId, id);
        const list = members.map((row) => row.key);
        return {
          person: await directory.describe(tx, workspaceId, members, kinds, now),
          keys: list,
          consents: await read.consentsOf(tx, workspaceId, list),
        };
      });
      const exported: Record<string, unknown> = {
        exported_at: clock.now().toISOString(),
        person,
        consent_history: consents.map(({ key, ...row }) => row),
      };
      for (const exporter of exporters) exported[exporter.name] = await exporter.of(workspaceId, keys);
      return exported;
    },

    /**
     * Hides a person at once and purges within the promised time, or now. `done` is false with `now` where ClickHouse
     * is away: then it is purged as soon as it is back. Refuses `no-such-person`.
     */
    async erase(
      workspaceId: number,
      id: string,
      o: { now: boolean; audit(tx: Tx, erasure: Erasure): Promise<void> },
    ): Promise<{ goneBy: Date; done: boolean }> {
      const { erasureHours } = await settings.read(workspaceId);
      const dueAt = new Date(clock.ms() + erasureHours * 3_600_000);
      await pg.inWorkspace(workspaceId, async (tx) => {
        // Before it is asked who belongs to them: what is being accepted right now may add to it.
        await sql.lockGraph(tx, workspaceId);
        const members = await directory.membersById(tx, workspaceId, id);
        const erasure = await hidePerson(tx, workspaceId, members, {
          now: clock.now(),
          dueAt,
          suppressionKey: deps.suppressionKey,
        });
        for (const part of parts) await part.hide?.(tx, workspaceId, erasure);
        await identity.redactAudit(tx, erasure.needles.filter(isTelling));
        await facts.forget(tx, erasure.keys.map(String));
        await facts.record(tx, { type: 'people.erased', subject: String(erasure.id), data: {} });
        await o.audit(tx, erasure);
        const soon = new Date(clock.ms() + purgeAgainMs);
        const job = { key: `people.purge:${workspaceId}`, runAt: soon };
        // Whatever happens to this process, or to ClickHouse.
        if (o.now) await jobs.enqueue(tx, 'people.purge', { workspaceId, all: true }, job);
      });
      resolver.forget(workspaceId);
      await carry();
      const purged = o.now ? await purge(workspaceId, true).catch(unlessAway) : undefined;
      const done = purged !== undefined;
      return { goneBy: done ? clock.now() : dueAt, done };
    },

    /** For the routes of this module. */
    inside: { pg, identity, facts, clock, rules, carry, behaviour: () => behaviour },
  };
}

function unlessAway(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}

function isKnown(observation: Observation | undefined): boolean {
  const first = observation?.identifiers[0];
  return first !== undefined && !anonymousKinds.has(first.kind);
}
