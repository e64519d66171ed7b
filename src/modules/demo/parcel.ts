import type { Touchpoint } from './brand.ts';
import { HOUR_MS } from './calendar.ts';
import type { Delivery, Message } from './post.ts';
import { iso } from './sitting.ts';

/** Messages that can be handed in together: of one source, by one sort of sender, within an hour. */
export interface Parcel {
  readonly touchpoint: Touchpoint;
  readonly messages: readonly unknown[];
  /** When the last of them arrived, in ms. */
  readonly receivedAt: number;
  /** The sender's own name, for bots: a collector looks at it. */
  readonly userAgent: string | undefined;
}

const MOST = 400;
/** A sending time further from the arrival than this says that the sender's clock is wrong. */
const CLOCK_OFF_MS = 60_000;

/** Whether a round of deliveries is full with this one as the next. */
export function beginsRound(round: readonly Delivery[], next: Delivery): boolean {
  const first = round[0];
  return first !== undefined && (round.length >= MOST || next.arrivedAt - first.arrivedAt >= HOUR_MS);
}

/** One round by source. Within a parcel the order of arrival holds. */
export function parcelsOf(round: readonly Delivery[]): Parcel[] {
  const groups = new Map<string, Delivery[]>();
  for (const delivery of round) {
    const name = `${delivery.touchpoint} ${agentOf(delivery) ?? ''}`;
    const group = groups.get(name);
    if (group) group.push(delivery);
    else groups.set(name, [delivery]);
  }
  return [...groups.values()].map((group) => {
    const last = group[group.length - 1] as Delivery;
    return {
      touchpoint: last.touchpoint,
      messages: group.map((delivery) => asSent(delivery, last.arrivedAt)),
      receivedAt: last.arrivedAt,
      userAgent: agentOf(last),
    };
  });
}

function agentOf({ person, message }: Delivery): string | undefined {
  if (person >= 0) return undefined;
  const agent = (message as Message).context.userAgent;
  return typeof agent === 'string' ? agent : undefined;
}

/**
 * A sender whose clock is wrong tells its sending time, so that the wrong clock can be seen. The parcel has one time
 * of arrival for all, so the sending time is moved by as much as this one arrived before it.
 */
function asSent({ message, sentAt, arrivedAt }: Delivery, receivedAt: number): unknown {
  if (Math.abs(arrivedAt - sentAt) < CLOCK_OFF_MS) return message;
  return { ...message, sentAt: iso(sentAt + receivedAt - arrivedAt) };
}
