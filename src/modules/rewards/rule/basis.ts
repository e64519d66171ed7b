import { type Fraction, floor, fraction, least, million, most, plus, times } from './amount.ts';

/** What an event earned, so that it can be worked out again when a part of it was refunded. */
export type Basis =
  /** So many, as long as anything of the order remains. `total` is null where the event has none. */
  | { readonly kind: 'fixed'; readonly points: bigint; readonly total: bigint | null }
  /** So many for each `per` of `total` millionths. */
  | { readonly kind: 'total'; readonly points: bigint; readonly per: bigint; readonly total: bigint }
  | { readonly kind: 'lines'; readonly total: bigint; readonly lines: readonly Line[] };

/** One product of an order: what was paid for a piece, how many, and what that earns. */
export interface Line {
  readonly product: readonly string[];
  readonly price: bigint;
  readonly quantity: bigint;
  /** `per` null: for a piece. */
  readonly points: bigint;
  readonly per: bigint | null;
}

/** What came back of an order. `all`: everything, which is what a refund without particulars says. */
export interface Refund {
  readonly all: boolean;
  readonly total: bigint | null;
  readonly lines: readonly Pick<Line, 'product' | 'price' | 'quantity'>[];
}

/** What refunds took that nothing was found for yet; several payments for one order share it in the order they came. */
export class Returned {
  #all = false;
  #money = 0n;
  /** Of refunds that name no products. */
  #plainMoney = 0n;
  readonly #pieces: { product: readonly string[]; quantity: bigint }[] = [];

  constructor(refunds: readonly Refund[]) {
    for (const { all, total, lines } of refunds) {
      this.#all ||= all;
      const money = total ?? lines.reduce((sum, line) => sum + (line.price * line.quantity) / million, 0n);
      this.#money += most(money, 0n);
      if (lines.length === 0) this.#plainMoney += most(money, 0n);
      for (const line of lines) this.#pieces.push({ product: line.product, quantity: line.quantity });
    }
  }

  get isAll(): boolean {
    return this.#all;
  }

  takeMoney(upTo: bigint): bigint {
    const taken = least(this.#money, upTo);
    this.#money -= taken;
    return taken;
  }

  takePlainMoney(upTo: bigint): bigint {
    const taken = least(this.#plainMoney, upTo);
    this.#plainMoney -= taken;
    return taken;
  }

  takePieces(product: readonly string[], upTo: bigint): bigint {
    let taken = 0n;
    for (const piece of this.#pieces) {
      if (!piece.product.some((id) => product.includes(id))) continue;
      const part = least(piece.quantity, upTo - taken);
      piece.quantity -= part;
      taken += part;
    }
    return taken;
  }
}

/** What it earns after what came back, rounded down once. */
export function pointsOf(basis: Basis, factor: Fraction, returned: Returned): bigint {
  if (returned.isAll) return 0n;
  switch (basis.kind) {
    case 'fixed': {
      if (basis.total !== null && basis.total > 0n && returned.takeMoney(basis.total) >= basis.total)
        return 0n;
      return floor(times({ n: basis.points, d: 1n }, factor));
    }
    case 'total': {
      const rest = basis.total - returned.takeMoney(most(basis.total, 0n));
      return floor(times({ n: rest * basis.points, d: basis.per }, factor));
    }
    case 'lines': {
      let sum: Fraction = { n: 0n, d: 1n };
      for (const line of basis.lines) {
        const rest = line.quantity - returned.takePieces(line.product, line.quantity);
        const earned =
          line.per === null
            ? { n: (rest / million) * line.points, d: 1n }
            : { n: line.price * rest * line.points, d: million * line.per };
        sum = plus(sum, earned);
      }
      if (basis.total > 0n) {
        const plain = returned.takePlainMoney(basis.total);
        sum = times(sum, { n: basis.total - plain, d: basis.total });
      }
      return floor(times(sum, factor));
    }
  }
}

// --- as it is stored ---

export function basisToJson(basis: Basis): unknown {
  return JSON.parse(JSON.stringify(basis, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
}

interface Stored {
  kind: string;
  points: string;
  per: string | null;
  total: string | null;
  lines: { product: string[]; price: string; quantity: string; points: string; per: string | null }[];
}

export function basisFromJson(json: unknown): Basis {
  const stored = json as Stored;
  const whole = (text: string | null) => (text === null ? null : BigInt(text));
  if (stored.kind === 'fixed')
    return { kind: 'fixed', points: BigInt(stored.points), total: whole(stored.total) };
  const total = BigInt(stored.total ?? 0);
  if (stored.kind === 'total')
    return { kind: 'total', points: BigInt(stored.points), per: BigInt(stored.per ?? 1), total };
  const lines = stored.lines.map((line) => ({
    product: line.product,
    price: BigInt(line.price),
    quantity: BigInt(line.quantity),
    points: BigInt(line.points),
    per: whole(line.per),
  }));
  return { kind: 'lines', total, lines };
}

export function refundToJson(refund: Refund): unknown {
  return JSON.parse(
    JSON.stringify(refund, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
}

export function refundFromJson(json: unknown): Refund {
  const stored = json as { all: boolean; total: string | null; lines: Stored['lines'] };
  return {
    all: stored.all,
    total: stored.total === null ? null : BigInt(stored.total),
    lines: stored.lines.map((line) => ({
      product: line.product,
      price: BigInt(line.price),
      quantity: BigInt(line.quantity),
    })),
  };
}

export const factorToText = ({ n, d }: Fraction): string => `${n}/${d}`;
export function factorFromText(text: string): Fraction {
  const [n = '1', d = '1'] = text.split('/');
  return { n: BigInt(n), d: BigInt(d) };
}

/** The factors of one event together. */
export function together(texts: readonly string[], how: 'largest' | 'product'): Fraction {
  const factors = texts.map(fraction);
  const start: Fraction = { n: 1n, d: 1n };
  if (factors.length === 0) return start;
  if (how === 'product') return factors.reduce(times, start);
  return factors.reduce((best, one) => (one.n * best.d > best.n * one.d ? one : best));
}
