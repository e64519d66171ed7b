/** What a programme says of itself in a leaf in the clear; whole points. docs/proof.md says what each means. */
export interface LoggedTotals {
  programme: string;
  at: string;
  log: string;
  /** Where the totals before these stand. */
  previous: number | null;
  issued: bigint;
  outstanding: bigint;
  held: bigint;
  spent: bigint;
  expired: bigint;
  takenBack: bigint;
  owed: bigint;
  backed: bigint;
  ratio: bigint;
  reserve: { amount: bigint; unit: string };
  /** By the number of the kind. */
  movements: Map<number, bigint>;
}

/**
 * What is wrong with totals.
 * books: issued + owed is not outstanding + spent + expired + taken back. held: more is held than outstanding.
 * reserve: reserve times ratio is not what they say is backed. cover: more is outstanding than backed.
 * shrunk: a sum since the first day is smaller than in the totals before. order: they do not follow those before.
 */
export type TotalsFault = 'books' | 'held' | 'reserve' | 'cover' | 'shrunk' | 'order';

/** Undefined for what is no totals. */
export function parseTotals(content: Record<string, unknown>): LoggedTotals | undefined {
  const { type, programme, at, log, previous, reserve, movements } = content;
  const isPlace = previous === null || (typeof previous === 'number' && previous >= 0);
  if (type !== 'pando.totals.v1' || typeof programme !== 'string' || typeof log !== 'string')
    return undefined;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !isPlace) return undefined;
  if (!isObject(reserve) || typeof reserve.unit !== 'string' || !isObject(movements)) return undefined;
  try {
    const points = (name: string) => whole(content[name]);
    return {
      programme,
      at,
      log,
      previous,
      issued: points('issued'),
      outstanding: points('outstanding'),
      held: points('held'),
      spent: points('spent'),
      expired: points('expired'),
      takenBack: points('taken_back'),
      owed: points('owed'),
      backed: points('backed'),
      ratio: points('ratio'),
      reserve: { amount: whole(reserve.amount), unit: reserve.unit },
      movements: new Map(Object.entries(movements).map(([kind, n]) => [Number(kind), whole(n)])),
    };
  } catch {
    return undefined;
  }
}

/** What these totals break, by themselves and against those before them. */
export function totalsFaults(totals: LoggedTotals, before?: LoggedTotals & { index: number }): TotalsFault[] {
  const t = totals;
  const faults: TotalsFault[] = [];
  if (t.issued + t.owed !== t.outstanding + t.spent + t.expired + t.takenBack) faults.push('books');
  if (t.held > t.outstanding) faults.push('held');
  if (t.reserve.amount * t.ratio !== t.backed) faults.push('reserve');
  if (t.outstanding > t.backed) faults.push('cover');
  const sums = ['issued', 'spent', 'expired', 'takenBack'] as const;
  if (before && sums.some((name) => t[name] < before[name])) faults.push('shrunk');
  const follows = before ? t.previous === before.index && t.at >= before.at : t.previous === null;
  return follows ? faults : [...faults, 'order'];
}

function whole(value: unknown): bigint {
  if (typeof value !== 'string' || !/^(?:0|[1-9]\d{0,30})$/.test(value))
    throw new TypeError('No whole points.');
  return BigInt(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
