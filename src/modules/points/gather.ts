import type { Log } from '#platform/log';
import { Unavailable } from '#platform/refusal';
import type { Outcome } from './order.ts';
import type { Prepared } from './post.ts';
import type { Programme } from './programmes.ts';
import { refuse } from './schema.ts';

/** In one transaction; more gain nothing and hold the accounts longer. */
const mostABatch = 1000;
/** Waiting for one programme; whoever comes then is told to come again. */
const mostWaiting = 20_000;
/** Batches of one programme under way: while one is written, the next is decided. */
const lanes = 2;

interface Waiting {
  prepared: Prepared;
  settle: (outcome: Outcome) => void;
  fail: (error: unknown) => void;
}

interface Queue {
  programme: Programme;
  waiting: Waiting[];
  free: number[];
}

/**
 * Gathers what is asked for at the same time into batches: an order that comes alone is carried out at once, by itself;
 * those that come while others are being written go together with the next.
 */
export function createGatherer(
  post: (programme: Programme, orders: readonly Prepared[], lane: number) => Promise<Outcome[]>,
  log: Log,
) {
  const queues = new Map<number, Queue>();
  const underWay = new Set<Promise<void>>();

  function queueOf(programme: Programme): Queue {
    const known = queues.get(programme.id);
    if (known) {
      known.programme = programme;
      return known;
    }
    const queue: Queue = { programme, waiting: [], free: Array.from({ length: lanes }, (_, i) => i) };
    queues.set(programme.id, queue);
    return queue;
  }

  function begin(queue: Queue): void {
    while (queue.waiting.length > 0) {
      const lane = queue.free.pop();
      if (lane === undefined) return;
      const batch = queue.waiting.splice(0, mostABatch);
      const run = carryOut(queue.programme, batch, lane).finally(() => {
        queue.free.push(lane);
        underWay.delete(run);
        begin(queue);
      });
      underWay.add(run);
    }
  }

  async function carryOut(programme: Programme, batch: readonly Waiting[], lane: number): Promise<void> {
    try {
      const outcomes = await post(
        programme,
        batch.map(({ prepared }) => prepared),
        lane,
      );
      batch.forEach(({ settle, fail }, i) => {
        const outcome = outcomes[i];
        if (outcome) settle(outcome);
        else fail(new Error('An order without its outcome.'));
      });
    } catch (error) {
      if (batch.length === 1 || error instanceof Unavailable) {
        for (const { fail } of batch) fail(error);
        return;
      }
      // What breaks one order must not take the others with it.
      log.error(
        { err: error, orders: batch.length },
        'points: a batch failed; its orders are tried one by one',
      );
      for (const one of batch) await carryOut(programme, [one], lane);
    }
  }

  return {
    /** The outcome of each, in their order. Refuses `busy` before anything is done. */
    async add(programme: Programme, orders: readonly Prepared[]): Promise<Outcome[]> {
      const queue = queueOf(programme);
      if (queue.waiting.length + orders.length > mostWaiting) {
        throw refuse(
          'busy',
          'Too many movements of points are waiting. Nothing was done; try again in a moment.',
          {
            retryAfterS: 1,
          },
        );
      }
      const outcomes = orders.map(
        (prepared) =>
          new Promise<Outcome>((settle, fail) => {
            queue.waiting.push({ prepared, settle, fail });
          }),
      );
      begin(queue);
      return Promise.all(outcomes);
    },
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.waiting.length, 0),
    /** Resolves when nothing is under way any more. */
    async idle(): Promise<void> {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}
