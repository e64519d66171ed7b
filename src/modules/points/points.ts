import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { Transparency } from '#modules/transparency';
import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createAccounts } from './accounts.ts';
import { createGatherer } from './gather.ts';
import type { Order, Outcome } from './order.ts';
import { createPosting } from './post.ts';
import { prepare } from './prepare.ts';
import { cutOwners } from './programme-sql.ts';
import { createProgrammes } from './programmes.ts';
import { createStatements } from './statement.ts';

export interface PointsDeps {
  pg: Postgres;
  identity: Identity;
  people: People;
  transparency: Transparency;
  facts: Facts;
  jobs: Jobs;
  clock: Clock;
  log: Log;
}

export type Points = ReturnType<typeof createPoints>;

/** Points: a ledger of double entry that is only ever added to, backed by a reserve and committed to a public log. */
export function createPoints(deps: PointsDeps) {
  const { pg, people, clock, log } = deps;
  const programmes = createProgrammes(deps);
  const accounts = createAccounts({ pg, people });
  const posting = createPosting({ pg, transparency: deps.transparency, clock });
  const gatherer = createGatherer(posting.post, log);

  people.addErasurePart({
    name: 'points',
    hide: async (tx, workspaceId, { keys }) => void (await cutOwners(tx, workspaceId, keys)),
  });

  /** Orders of any programmes; an outcome for each, in their order. */
  async function transferMany(workspaceId: number, orders: readonly Order[]): Promise<Outcome[]> {
    const outcomes = new Array<Outcome>(orders.length);
    const places = orders.map((order, i) => ({ order, i }));
    await Promise.all(
      [...Map.groupBy(places, ({ order }) => order.programme)].map(async ([uuid, mine]) => {
        const programme = await programmes.get(workspaceId, uuid);
        const list = mine.map(({ order }) => order);
        const named = await accounts.name(programme, list);
        const prepared = list.map((order, n) =>
          prepare(programme.secret, order, named[n] ?? { from: [], to: [] }),
        );
        const done = await gatherer.add(programme, prepared);
        mine.forEach(({ i }, n) => {
          outcomes[i] = done[n] as Outcome;
        });
      }),
    );
    return outcomes;
  }

  return {
    programmes,
    ...createStatements({ pg, programmes }),
    transferMany,
    /** One order; its outcome, or its refusal thrown. */
    async transfer(workspaceId: number, order: Order) {
      const [outcome] = await transferMany(workspaceId, [order]);
      if (!outcome) throw new Error('An order without its outcome.');
      if (!outcome.ok) throw outcome.refusal;
      return outcome;
    },
    waiting: gatherer.waiting,
    stop: () => gatherer.idle(),
    inside: deps,
  };
}
