import { Refusal } from '#platform/refusal';
import type { Order, Party, Refused } from './order.ts';
import type { Points } from './points.ts';
import { refuse, type WireOrder, type WireParty } from './schema.ts';

/** Orders as they came over the API, with the people whom they name; or why one cannot be one. */
export async function orderOf(
  points: Pick<Points, 'parties'>,
  workspaceId: number,
  programme: string,
  orders: readonly WireOrder[],
): Promise<(Order | Refused)[]> {
  const named = orders.flatMap((order) =>
    [partyIn(order, 'from'), partyIn(order, 'to')].flatMap((party) =>
      party && 'person' in party ? [party.person] : [],
    ),
  );
  const found = await points.parties(workspaceId, [...new Set(named)]);
  const known = (party: WireParty): Party => {
    if ('partner' in party) return party;
    const person = found.get(party.person);
    if (!person)
      throw refuse('no-such-person', `Nobody has the identifier or id "${party.person.slice(0, 100)}".`);
    return { person };
  };
  return orders.map((order) => {
    try {
      return toOrder(programme, order, known);
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, key: order.key, refusal: error };
      throw error;
    }
  });
}

function partyIn(order: WireOrder, name: 'from' | 'to'): WireParty | undefined {
  return (order as { from?: WireParty; to?: WireParty })[name];
}

function toOrder(programme: string, order: WireOrder, known: (party: WireParty) => Party): Order {
  switch (order.kind) {
    case 'earn': {
      const hold = order.hold ? { ...order.hold, until: new Date(order.hold.until) } : undefined;
      return { ...order, programme, to: known(order.to), hold };
    }
    case 'hold': {
      const until = order.until === undefined ? undefined : new Date(order.until);
      return { ...order, programme, from: known(order.from), until };
    }
    case 'spend':
      return { ...order, programme, from: known(order.from) };
    case 'transfer':
      return { ...order, programme, from: known(order.from), to: known(order.to) };
    case 'claw-back':
      return { ...order, programme, from: order.from ? known(order.from) : undefined };
    default:
      return { ...order, programme };
  }
}
