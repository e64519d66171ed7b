import { randomBytes } from 'node:crypto';
import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { Clock } from '#platform/clock';
import type { Facts, StoredFact } from '#platform/facts';
import { uuidv7 } from '#platform/ids';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { Deliverer } from './deliver.ts';
import { type NewWebhook, refuse, type WebhookChange } from './schema.ts';
import * as sql from './sql.ts';

/** What a module lets the outside hear of. */
export interface Offer {
  /** The fact's type, and the webhook's. */
  type: string;
  description: string;
  /** What `topics` of an endpoint hold, like `segment`; left out where nothing limits it. */
  topic?: string;
  /** What is told; null keeps it inside. Ids, not personal data: who is told asks the API for more. */
  tell(fact: StoredFact, tx: Tx): Promise<{ data: Record<string, unknown>; topic?: string } | null>;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

const mostEndpoints = 50;
const dayMs = 86_400_000;
const oldSecretMs = dayMs;

/** Tells receivers outside what happens, signed and repeated as the Standard Webhooks specification says. */
export function createWebhooks(deps: {
  pg: Postgres;
  identity: Identity;
  people: Pick<People, 'addErasurePart'>;
  facts: Facts;
  jobs: Jobs;
  clock: Clock;
  log: Log;
}) {
  const { pg, identity, facts, jobs, clock, log } = deps;
  const offers = new Map<string, Offer>();
  const deliverer = new Deliverer({ pg, clock, log });

  deps.people.addErasurePart({
    name: 'webhooks',
    hide: (tx, workspaceId, { keys }) => sql.deleteDeliveriesAbout(tx, workspaceId, keys.map(String)),
  });
  jobs.define('webhooks.forget-old', async () => {
    const before = (days: number) => new Date(clock.ms() - days * dayMs);
    await pg.asSystem((tx) =>
      sql.deleteOldDeliveries(tx, { deliveredBefore: before(7), deadBefore: before(30) }),
    );
  });
  jobs.cron('webhooks.forget-old', '23 * * * *');

  async function tell(fact: StoredFact, tx: Tx): Promise<void> {
    const told = await offers.get(fact.type)?.tell(fact, tx);
    if (!told) return;
    const count = await sql.insertDeliveries(tx, fact.workspaceId, {
      messageId: `msg_${fact.id}`,
      type: fact.type,
      topic: told.topic ?? null,
      subject: fact.subject,
      body: JSON.stringify({ type: fact.type, timestamp: fact.at.toISOString(), data: told.data }),
      now: clock.now(),
    });
    if (count > 0) tx.afterCommit(() => deliverer.wake());
  }

  function check(o: { url?: string; types?: readonly string[] }): void {
    if (o.url !== undefined) checkUrl(o.url);
    const unknown = o.types?.find((type) => !offers.has(type));
    if (unknown !== undefined) {
      throw refuse(
        'unknown-type',
        `Nothing is told under "${unknown}"; there are ${[...offers.keys()].join(', ')}.`,
      );
    }
  }

  async function find(tx: Tx, workspaceId: number, uuid: string): Promise<sql.EndpointRow> {
    const row = uuidShape.test(uuid) ? await sql.lockEndpoint(tx, workspaceId, uuid) : null;
    if (!row) throw refuse('no-such-webhook', 'No webhook of this workspace has this id.');
    return row;
  }

  return {
    /** To be called before `follow`. */
    offer(offer: Offer): void {
      offers.set(offer.type, offer);
    },
    types: () =>
      [...offers.values()].map(({ type, description, topic }) => ({
        type,
        description,
        topic: topic ?? null,
      })),
    /** Of which types any endpoint wants to hear now. */
    async wanted(workspaceId: number): Promise<ReadonlySet<string>> {
      const rows = await pg.inWorkspace(workspaceId, (tx) => sql.listEndpoints(tx, workspaceId));
      return new Set(rows.flatMap((row) => (row.disabled_at === null ? row.types : [])));
    },
    /** Begins to hear of facts: once every module has made its offers, before facts are told. */
    follow(): void {
      if (offers.size > 0) facts.follow('webhooks', [...offers.keys()], tell);
    },
    start: () => deliverer.start(),
    stop: () => deliverer.stop(),

    list: (workspaceId: number) =>
      pg.inWorkspace(workspaceId, async (tx) => ({
        rows: await sql.listEndpoints(tx, workspaceId),
        counts: await sql.countDeliveries(tx, workspaceId),
      })),

    /** To what topics of a type any endpoint listens now; `all` where one of them is not limited. */
    async topics(tx: Tx, workspaceId: number, types: readonly string[]): Promise<readonly string[] | 'all'> {
      const rows = await sql.listEndpoints(tx, workspaceId);
      const open = rows.filter(
        (row) => row.disabled_at === null && row.types.some((one) => types.includes(one)),
      );
      if (open.some((row) => row.topics === null)) return 'all';
      return [...new Set(open.flatMap((row) => row.topics ?? []))];
    },

    /** Refuses `bad-url`, `unknown-type`, `too-many-webhooks`. `inTx` commits with it. */
    async create(workspaceId: number, o: NewWebhook, inTx: (tx: Tx, uuid: string) => Promise<void>) {
      check(o);
      const uuid = uuidv7(clock);
      const secret = newSecret();
      const row = await pg.inWorkspace(workspaceId, async (tx) => {
        if ((await sql.listEndpoints(tx, workspaceId)).length >= mostEndpoints) {
          throw refuse(
            'too-many-webhooks',
            `A workspace has at most ${mostEndpoints}; delete one that is not needed.`,
          );
        }
        await inTx(tx, uuid);
        const { url, types, description = '', topics = null } = o;
        const secrets = [{ secret, until: null }];
        return sql.insertEndpoint(
          tx,
          workspaceId,
          { uuid, url, description, types, topics, secrets },
          clock.now(),
        );
      });
      return { row, secret };
    },

    async change(workspaceId: number, uuid: string, o: WebhookChange, inTx: (tx: Tx) => Promise<void>) {
      check(o);
      return pg.inWorkspace(workspaceId, async (tx) => {
        const row = await find(tx, workspaceId, uuid);
        const { disabled, ...rest } = o;
        Object.assign(row, rest);
        if (disabled === false) Object.assign(row, { disabled_at: null, disabled_why: null });
        if (disabled === true)
          Object.assign(row, { disabled_at: clock.now(), disabled_why: 'Paused by the team.' });
        await sql.updateEndpoint(tx, workspaceId, row);
        await inTx(tx);
        tx.afterCommit(() => deliverer.wake());
        return row;
      });
    },

    /** A new secret; the one before holds for another day, so that receivers can change over. */
    async rotate(workspaceId: number, uuid: string, inTx: (tx: Tx) => Promise<void>) {
      const secret = newSecret();
      const row = await pg.inWorkspace(workspaceId, async (tx) => {
        const found = await find(tx, workspaceId, uuid);
        const until = clock.ms() + oldSecretMs;
        const old = found.secrets.filter((s) => s.until === null).map((s) => ({ ...s, until }));
        found.secrets = [{ secret, until: null }, ...old];
        await sql.updateEndpoint(tx, workspaceId, found);
        await inTx(tx);
        return found;
      });
      return { row, secret };
    },

    remove: (workspaceId: number, uuid: string, inTx: (tx: Tx) => Promise<void>) =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const row = await find(tx, workspaceId, uuid);
        await sql.deleteEndpoint(tx, workspaceId, row.id);
        await inTx(tx);
      }),

    /** Sends a message of the type `webhook.test`, to see whether it arrives. */
    test: (workspaceId: number, uuid: string) =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const row = await find(tx, workspaceId, uuid);
        const now = clock.now();
        const type = 'webhook.test';
        const body = JSON.stringify({ type, timestamp: now.toISOString(), data: { webhook: row.uuid } });
        const messageId = `msg_${uuidv7(clock)}`;
        const id = await sql.insertDelivery(tx, workspaceId, row.id, {
          messageId,
          type,
          subject: '',
          body,
          now,
        });
        tx.afterCommit(() => deliverer.wake());
        return id;
      }),

    deliveries: (
      workspaceId: number,
      uuid: string,
      o: { state: number | null; before: number | null; most: number },
    ) =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const row = await find(tx, workspaceId, uuid);
        return sql.listDeliveries(tx, workspaceId, row.id, o);
      }),

    /** One delivery, or all that were given up, once more; how many. Refuses `no-such-delivery`. */
    replay: (workspaceId: number, uuid: string, id: number | null) =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const row = await find(tx, workspaceId, uuid);
        const count = await sql.replayDeliveries(tx, workspaceId, row.id, id, clock.now());
        if (id !== null && count === 0)
          throw refuse('no-such-delivery', 'This webhook has no such delivery.');
        tx.afterCommit(() => deliverer.wake());
        return count;
      }),

    /** For the routes of this module. */
    inside: { identity },
  };
}

const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** 32 random bytes, as Standard Webhooks writes them. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === ''
  )
    return;
  throw refuse(
    'bad-url',
    'Write the whole address, like https://shop.example.com/hooks, without a user or a password in it.',
  );
}
