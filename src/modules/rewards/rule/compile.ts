import {
  type EventMatcher,
  type EventRow,
  eventMatcher,
  type MatchContext,
  valueMatcher,
} from '#modules/segments';
import { type CapKind, type Circumstance, type Formula, type RuleBody, refuse } from '../schema.ts';
import { type Fraction, fraction, micros, million, times } from './amount.ts';
import { type Basis, type Line, type Refund, together } from './basis.ts';

/** One event, as rules about earning look at it. */
export interface EarningEvent {
  readonly row: EventRow;
  /** In ms. */
  readonly at: number;
  readonly properties: Record<string, unknown>;
}

/** What is known of who is paid, or of whose event it is, where a factor asks for it. */
export interface Circumstances {
  readonly traits: Record<string, unknown>;
  /** Ids of segments they are in. */
  readonly segments: ReadonlySet<string>;
}

export interface CompiledRule {
  readonly body: RuleBody;
  /** Null where it pays for coming into a segment. */
  readonly event: EventMatcher | null;
  readonly takenBackBy: ReadonlySet<string>;
  readonly asksTraits: boolean;
  /** Segments that factors ask for. */
  readonly asksSegments: readonly string[];
  /** What the event is worth; a reason where it is nothing. */
  basis(event: EarningEvent | null): Basis | Why;
  factor(at: number, who: Circumstances): Fraction;
  /** The part of each degree of inviters. */
  readonly degrees: readonly Fraction[];
  readonly caps: Readonly<Partial<Record<CapKind, number>>>;
}

/** Why an event pays nothing. */
export type Why =
  | 'no amount'
  | 'another currency'
  | 'no such product'
  | 'nobody'
  | 'before the rule'
  | 'backfill';
export const isWhy = (found: Basis | Why): found is Why => typeof found === 'string';

export interface CompileContext extends MatchContext {
  /** ISO weekday (1 is Monday) of an instant in the zone of the workspace. */
  weekday(ms: number): number;
  segments(id: string): boolean;
}

const usualReturns = ['Order Refunded', 'Order Cancelled'];

/** Reads a rule; refuses `bad-rule` where it is wrong. */
export function compileRule(body: RuleBody, context: CompileContext): CompiledRule {
  const event = 'event' in body.when ? eventMatcher(body.when.event, context) : null;
  if ('enters' in body.when) {
    if (!context.segments(body.when.enters)) throw wrong('there is no such segment');
    if (!('fixed' in body.points)) throw wrong('coming into a segment has no amount; pay so many points');
    if (body.to === 'seller') throw wrong('nobody sells where somebody comes into a segment');
  }
  if (body.degrees && body.to !== 'inviter') throw wrong('degrees are for inviters');
  const factors = (body.multiply ?? []).map(({ by, when }) => ({ by, holds: circumstance(when, context) }));
  return {
    body,
    event,
    takenBackBy: new Set(body.taken_back_by ?? usualReturns),
    asksTraits: (body.multiply ?? []).some(({ when }) => 'trait' in when),
    asksSegments: (body.multiply ?? []).flatMap(({ when }) => ('segment' in when ? [when.segment] : [])),
    basis: formula(body.points, context),
    factor: (at, who) =>
      together(
        factors.filter(({ holds }) => holds(at, who)).map(({ by }) => by),
        body.together ?? 'largest',
      ),
    degrees: (body.degrees ?? ['1']).map(fraction),
    caps: body.caps ?? {},
  };
}

export const partOf = (factor: Fraction, part: Fraction): Fraction => times(factor, part);

const wrong = (why: string) => refuse('bad-rule', `The rule cannot be used: ${why}.`);

function circumstance(
  when: Circumstance,
  context: CompileContext,
): (at: number, who: Circumstances) => boolean {
  if ('trait' in when) {
    const holds = valueMatcher(when, 'trait', context);
    return (at, { traits }) => holds(traits, at);
  }
  if ('segment' in when) {
    if (!context.segments(when.segment)) throw wrong('a factor asks for a segment that is not there');
    return (_, { segments }) => segments.has(when.segment);
  }
  if ('weekdays' in when) {
    return (at) => when.weekdays.includes(context.weekday(at));
  }
  const from = when.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(when.from);
  const to = when.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(when.to);
  return (at) => from <= at && at < to;
}

function formula(points: Formula, context: CompileContext): CompiledRule['basis'] {
  if ('fixed' in points) {
    const fixed = BigInt(points.fixed);
    return (event) => ({ kind: 'fixed', points: fixed, total: event && totalOf(event) });
  }
  const wanted = points.currency;
  const isOther = (event: EarningEvent) => wanted !== undefined && (event.row.currency ?? '') !== wanted;
  if ('per' in points) {
    const per = positive(points.per);
    const each = BigInt(points.points);
    const path = points.of === undefined ? null : typeof points.of === 'string' ? [points.of] : points.of;
    return (event) => {
      if (!event) return 'no amount';
      if (isOther(event)) return 'another currency';
      const total = path ? micros(inside(event.properties, path)) : totalOf(event);
      return total === null || total <= 0n ? 'no amount' : { kind: 'total', points: each, per, total };
    };
  }
  const kinds = points.products.map(({ where, each, points: some, per }) => {
    if ((each === undefined) === (some === undefined || per === undefined))
      throw wrong('a product pays either so many a piece, or so many points per amount');
    if (per !== undefined && wanted === undefined) throw wrong('points per amount need a currency');
    const tests = where.map((one) => valueMatcher(one, 'property', context));
    return {
      holds: (product: Record<string, unknown>, at: number) => tests.every((test) => test(product, at)),
      points: BigInt(each ?? some ?? 0),
      per: per === undefined ? null : positive(per),
    };
  });
  return (event) => {
    if (!event) return 'no amount';
    if (isOther(event)) return 'another currency';
    const lines: Line[] = [];
    for (const product of productsOf(event.properties)) {
      const kind = kinds.find((one) => one.holds(product.document, event.at));
      if (kind) lines.push({ ...product.line, points: kind.points, per: kind.per });
    }
    if (lines.length === 0) return 'no such product';
    const sum = productsOf(event.properties).reduce(
      (money, { line }) => money + (line.price * line.quantity) / million,
      0n,
    );
    return { kind: 'lines', total: totalOf(event) ?? sum, lines };
  };
}

function positive(text: string): bigint {
  const amount = micros(text) ?? 0n;
  if (amount <= 0n) throw wrong('points are paid per amount, which cannot be nothing');
  return amount;
}

const totalOf = ({ row }: EarningEvent): bigint | null => (row.total ? micros(row.total) : null);

function inside(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function productsOf(properties: Record<string, unknown>) {
  const { products } = properties;
  // An event about one product is its own list.
  const list: unknown[] = Array.isArray(products) ? products : 'product_id' in properties ? [properties] : [];
  return list.flatMap((one) => {
    if (typeof one !== 'object' || one === null) return [];
    const document = one as Record<string, unknown>;
    const product = [document.product_id, document.sku, document.variant].flatMap((id) =>
      typeof id === 'string' || typeof id === 'number' ? [String(id)] : [],
    );
    const quantity = micros(document.quantity ?? 1) ?? million;
    const price = micros(document.price) ?? 0n;
    return [{ document, line: { product: product.slice(0, 2), price, quantity } }];
  });
}

/** What an event says came back. Without an amount and products, or where an order is cancelled: all of it. */
export function refundOf(event: EarningEvent): Refund {
  const lines = productsOf(event.properties).map(({ line }) => line);
  const total = totalOf(event);
  const size = total !== null && total < 0n ? -total : total;
  const all = event.row.event === 'Order Cancelled' || (size === null && lines.length === 0);
  return { all, total: size, lines };
}
