import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { Transparency } from '#modules/transparency';
import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createAccounts } from './accounts.ts';
import { cut } from './erase.ts';
import { createGatherer } from './gather.ts';
import { createLaws } from './laws.ts';
import type { Done, Order, Outcome, Party } from './order.ts';
import { createPosting } from './post.ts';
import { prepare } from './prepare.ts';
import { createProgrammes } from './programmes.ts';
import { createProposals } from './proposals.ts';
import { createReceipts } from './receipts.ts';
import { createReport } from './report.ts';
import { refuse } from './schema.ts';
import { createStatements } from './statement.ts';
import { createSweep } from './sweep.ts';
import { createTelling, factTypes } from './tell.ts';

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

/** Those who follow facts catch up within this time, after which nobody asks for them. */
const keepFactsMs = 2 * 86_400_000;

export type Points = ReturnType<typeof createPoints>;

/** Points: a ledger of double entry that is only ever added to, backed by a reserve and committed to a public log. */
export function createPoints(deps: PointsDeps) {
  const { pg, people, jobs, clock, log } = deps;
  const programmes = createProgrammes(deps);
  const accounts = createAccounts({ pg, people });
  const telling = createTelling(deps);
  const { transparency } = deps;
  const posting = createPosting({ pg, transparency, telling, clock, dayIn: programmes.dayIn });
  const gatherer = createGatherer(posting.post, log);

  people.addErasurePart({
    name: 'points',
    hide: (tx, workspaceId, { keys }) => cut(tx, workspaceId, keys),
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

  const sweep = createSweep({ pg, clock, programmes, transferMany });
  const laws = createLaws({ pg, clock, log, programmes, transparency: deps.transparency });
  jobs.define('points.sweep', () => sweep.all());
  jobs.cron('points.sweep', '* * * * *');
  jobs.define('points.laws', () => laws.all());
  jobs.cron('points.laws', '*/10 * * * *');
  const forgetTold = () => deps.facts.forgetOld(Object.values(factTypes), new Date(clock.ms() - keepFactsMs));
  jobs.define('points.forget-facts', forgetTold);
  jobs.cron('points.forget-facts', '47 * * * *');

  /** The wallets of whoever has these ids or identifiers now; who is nobody is left out. */
  const parties = (workspaceId: number, names: readonly string[]) => people.keysOfNames(workspaceId, names);

  /** Whose statement is asked for. Refuses `no-such-person`. */
  async function party(workspaceId: number, o: { person?: string; partner?: string }): Promise<Party> {
    if (o.partner !== undefined) return { partner: o.partner };
    const name = o.person ?? '';
    const person = (await parties(workspaceId, [name])).get(name);
    if (!person)
      throw refuse('no-such-person', 'Say whose: ?person= with an id or an identifier, or ?partner=.');
    return { person };
  }

  /** One order; its outcome, or its refusal thrown. */
  async function transfer(workspaceId: number, order: Order): Promise<Done> {
    const [outcome] = await transferMany(workspaceId, [order]);
    if (!outcome) throw new Error('An order without its outcome.');
    if (!outcome.ok) throw outcome.refusal;
    return outcome;
  }

  const receipts = createReceipts({ pg, programmes, transparency: deps.transparency });
  deps.transparency.totalsFrom(receipts.totals);

  return {
    receipt: receipts.receipt,
    readReceipt: receipts.read,
    logState: async (workspaceId: number, uuid: string) => {
      const { log_id: logId } = await programmes.get(workspaceId, uuid);
      if (logId === null) throw refuse('no-such-programme', 'This programme has no public log.');
      return deps.transparency.state(workspaceId, logId);
    },
    /** Totals as of now, before the next full hour; false where the log does not take them. */
    logTotals: async (workspaceId: number, uuid: string) => {
      const { log_id: logId } = await programmes.get(workspaceId, uuid);
      return logId !== null && deps.transparency.logTotals(workspaceId, logId);
    },
    programmes,
    proposals: createProposals({ pg, clock, programmes, transfer }),
    report: createReport({ pg, clock, programmes }),
    transfer,
    parties,
    party,
    /** Who says of which facts (`factTypes`) anybody wants to hear; there are none otherwise. */
    listen: telling.listen,
    sweep,
    laws,
    ...createStatements({ pg, programmes }),
    transferMany,
    waiting: gatherer.waiting,
    stop: () => gatherer.idle(),
    inside: deps,
  };
}
