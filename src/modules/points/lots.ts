/** Points of one origin that can be used up to the same day. */
export interface Lot {
  /** The origin's number. */
  origin: number;
  /** The last day on which they can be used, in days since 1970. */
  expires: number;
  /** The day on which the oldest of them were earned. */
  day: number;
  amount: number;
}

/** The last day of points that do not run out. */
export const never = 2_000_000_000;

export function sumOf(lots: readonly Lot[]): number {
  let sum = 0;
  for (const lot of lots) sum += lot.amount;
  return sum;
}

/** What of it can be used on that day. */
export function usable(lots: readonly Lot[], today: number): number {
  let sum = 0;
  for (const lot of lots) if (lot.expires >= today) sum += lot.amount;
  return sum;
}

const before = (a: Lot, b: Lot) => a.expires - b.expires || a.origin - b.origin;

/** Puts lots to others, which stay in the order in which they run out. Those of one origin and last day become one. */
export function addLots(to: Lot[], added: readonly Lot[]): void {
  for (const lot of added) {
    let i = to.length;
    while (i > 0 && before(to[i - 1] as Lot, lot) > 0) i--;
    const same = to[i - 1];
    if (same && before(same, lot) === 0) {
      same.amount += lot.amount;
      same.day = Math.min(same.day, lot.day);
    } else to.splice(i, 0, { ...lot });
  }
}

/** Takes lots away that are there. */
export function removeLots(from: Lot[], removed: readonly Lot[]): void {
  for (const lot of removed) {
    const i = from.findIndex((one) => before(one, lot) === 0);
    const found = from[i];
    if (!found || found.amount < lot.amount) throw new Error('A lot was taken that was not there.');
    found.amount -= lot.amount;
    if (found.amount === 0) from.splice(i, 1);
  }
}

/** The lots that so many points are, the first first; those before `from` (a day) are passed over. */
export function pick(lots: readonly Lot[], amount: number, from = Number.NEGATIVE_INFINITY): Lot[] {
  const picked: Lot[] = [];
  let left = amount;
  for (const lot of lots) {
    if (left === 0) break;
    if (lot.expires < from) continue;
    const take = Math.min(left, lot.amount);
    picked.push({ ...lot, amount: take });
    left -= take;
  }
  if (left > 0) throw new Error('More points were picked than there are.');
  return picked;
}

/** The lots without the first so many points. */
export function without(lots: readonly Lot[], amount: number): Lot[] {
  const rest: Lot[] = [];
  let left = amount;
  for (const lot of lots) {
    const gone = Math.min(left, lot.amount);
    left -= gone;
    if (lot.amount > gone) rest.push({ ...lot, amount: lot.amount - gone });
  }
  return rest;
}

/** As they stand in the database: four numbers a lot. */
export function toLots(text: string | null): Lot[] {
  if (text === null || text.length <= 2) return [];
  const numbers = text.slice(1, -1).split(',');
  const lots: Lot[] = [];
  for (let i = 0; i < numbers.length; i += 4) {
    lots.push({
      origin: Number(numbers[i]),
      expires: Number(numbers[i + 1]),
      day: Number(numbers[i + 2]),
      amount: Number(numbers[i + 3]),
    });
  }
  return lots;
}

export function fromLots(lots: readonly Lot[]): string {
  let text = '{';
  for (const { origin, expires, day, amount } of lots) {
    text += `${text.length > 1 ? ',' : ''}${origin},${expires},${day},${amount}`;
  }
  return `${text}}`;
}
