import { randomBytes } from 'node:crypto';
import type { Identity, Principal } from '#modules/identity';
import type { Transparency } from '#modules/transparency';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import * as sql from './programme-sql.ts';
import { type NewProgramme, type Policy, policyDefaults, refuse } from './schema.ts';

/** How many rows share the programme's side of the books, so that batches need not wait for each other. */
const shardCount = 4;
/** Another process may have made a policy; one that holds from now on is heard of at once all the same. */
const rememberedMs = 5_000;
/** Of shards that have to look at the policies anew. */
export const lookAnew = -2;

/** A programme as movements need it. */
export interface Programme extends sql.ProgrammeRow {
  workspaceId: number;
  policies: sql.PolicyRow[];
  shards: number[];
  treasury: number;
  timeZone: string;
}

export type Programmes = ReturnType<typeof createProgrammes>;

export function createProgrammes(deps: {
  pg: Postgres;
  identity: Identity;
  transparency: Pick<Transparency, 'open'>;
  clock: Clock;
}) {
  const { pg, identity, transparency, clock } = deps;
  const memory = new Map<string, { until: number; programme: Programme }>();
  const calendars = new Map<string, Intl.DateTimeFormat>();

  async function load(workspaceId: number, uuid: string): Promise<Programme> {
    const workspace = await identity.workspaces.get(workspaceId);
    return pg.inWorkspace(workspaceId, async (tx) => {
      const row = uuidShape.test(uuid) ? await sql.findProgramme(tx, workspaceId, uuid) : null;
      if (!row) throw refuse('no-such-programme', 'No points programme of this workspace has this id.');
      const accounts = await sql.programmeAccounts(tx, workspaceId, row.id);
      const treasury = accounts.find((account) => account.kind === 3);
      if (!treasury) throw new Error('A programme without its treasury.');
      return {
        ...row,
        workspaceId,
        policies: await sql.readPolicies(tx, workspaceId, row.id),
        shards: accounts.filter((account) => account.kind === 2).map((account) => account.id),
        treasury: treasury.id,
        timeZone: workspace?.timeZone ?? 'UTC',
      };
    });
  }

  return {
    /** Refuses `no-such-programme`. */
    async get(workspaceId: number, uuid: string): Promise<Programme> {
      const key = `${workspaceId} ${uuid}`;
      const known = memory.get(key);
      if (known && known.until > clock.tick()) return known.programme;
      const programme = await load(workspaceId, uuid);
      memory.set(key, { until: clock.tick() + rememberedMs, programme });
      return programme;
    },
    /** The day that it is then where the brand is, `YYYY-MM-DD`. */
    dayIn({ timeZone }: Pick<Programme, 'timeZone'>, atMs: number): string {
      const calendar =
        calendars.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
      calendars.set(timeZone, calendar);
      return calendar.format(new Date(atMs));
    },
    /** As it stands now in the database. */
    fresh: load,
    async list(workspaceId: number): Promise<Programme[]> {
      const rows = await pg.inWorkspace(workspaceId, (tx) => sql.listProgrammes(tx, workspaceId));
      return Promise.all(rows.map((row) => load(workspaceId, row.uuid)));
    },
    /** With its public log. Refuses `name-taken`. */
    async create(
      by: Pick<Principal, 'workspaceId' | 'actor'>,
      wanted: NewProgramme,
      audit: (tx: Tx, uuid: string) => Promise<void> = async () => {},
    ): Promise<Programme> {
      const { workspaceId } = by;
      const uuid = uuidv7(clock);
      const policy = wanted.policy ?? policyDefaults;
      await pg.inWorkspace(workspaceId, async (tx) => {
        const row = await sql.insertProgramme(tx, workspaceId, {
          uuid,
          slug: wanted.slug ?? slugOf(wanted.name, uuid),
          name: wanted.name.trim(),
          currency: wanted.currency,
          secret: randomBytes(32),
          created_at: clock.now(),
        });
        if (!row)
          throw refuse(
            'name-taken',
            'Another programme of this installation has this short name; choose another.',
          );
        const log = await transparency.open(tx, { name: row.slug });
        await sql.setLog(tx, workspaceId, row.id, log.id);
        await sql.insertPolicy(tx, workspaceId, row.id, {
          version: 1,
          from_ms: 0,
          policy,
          by: by.actor,
          at: clock.now(),
        });
        await sql.insertProgrammeAccounts(tx, workspaceId, row.id, {
          shards: shardCount,
          ratio: policy.ratio,
          policy: 1,
          secrets: Array.from({ length: shardCount + 1 }, () => randomBytes(32)),
        });
        await audit(tx, uuid);
      });
      return this.get(workspaceId, uuid);
    },
    /** A new version that holds from its moment on. Refuses `policy-in-the-past`. */
    async setPolicy(
      by: Pick<Principal, 'workspaceId' | 'actor'>,
      uuid: string,
      o: { policy: Policy; from?: Date | undefined },
      audit: (tx: Tx) => Promise<void> = async () => {},
    ): Promise<Programme> {
      const now = clock.now();
      const from = o.from ?? now;
      if (from.getTime() < now.getTime() - 60_000)
        throw refuse(
          'policy-in-the-past',
          'What happened happened under the policy of its time; choose a moment to come.',
        );
      const { workspaceId } = by;
      const programme = await load(workspaceId, uuid);
      await pg.inWorkspace(workspaceId, async (tx) => {
        // The shards are held, so that versions are given out one after the other.
        await sql.markShards(tx, workspaceId, programme.id, lookAnew);
        const policies = await sql.readPolicies(tx, workspaceId, programme.id);
        await sql.insertPolicy(tx, workspaceId, programme.id, {
          version: (policies.at(-1)?.version ?? 0) + 1,
          from_ms: from.getTime(),
          policy: o.policy,
          by: by.actor,
          at: now,
        });
        await audit(tx);
      });
      memory.delete(`${workspaceId} ${uuid}`);
      return load(workspaceId, uuid);
    },
  };
}

/** What holds at a moment: the newest version that has begun. */
export function policyAt(policies: readonly sql.PolicyRow[], atMs: number): sql.PolicyRow {
  const found = policies.findLast((row) => row.from_ms <= atMs);
  if (!found) throw new Error('A programme without a policy.');
  return found;
}

function slugOf(name: string, uuid: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? `points-${uuid.slice(-8)}` : slug;
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
