import { DateTime } from 'luxon';

const dayMs = 86_400_000;

/** The days of a zone as spans of time; every midnight is worked out once. */
export class Days {
  readonly #zone: string;
  readonly #midnights = new Map<number, number>();
  #last = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  readonly #monthDays = new Map<number, readonly string[]>();

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** The number of the day (days since 1970-01-01, as on a calendar) that holds the instant. */
  of(ms: number): number {
    if (ms >= this.#from && ms < this.#to) return this.#last;
    let day = Math.floor(ms / dayMs);
    while (this.start(day) > ms) day--;
    while (this.start(day + 1) <= ms) day++;
    this.#last = day;
    this.#from = this.start(day);
    this.#to = this.start(day + 1);
    return day;
  }

  /** The first instant of a day. */
  start(day: number): number {
    let ms = this.#midnights.get(day);
    if (ms === undefined) {
      const { year, month, day: date } = DateTime.fromMillis(day * dayMs, { zone: 'utc' });
      ms = DateTime.fromObject({ year, month, day: date }, { zone: this.#zone }).startOf('day').toMillis();
      this.#midnights.set(day, ms);
    }
    return ms;
  }

  /** "02-28" of a day by its number; in years without it, 29 February stands beside the 28th. */
  monthDays(day: number): readonly string[] {
    let found = this.#monthDays.get(day);
    if (!found) this.#monthDays.set(day, (found = monthDaysOf(day)));
    return found;
  }
}

function monthDaysOf(day: number): readonly string[] {
  const iso = new Date(day * dayMs).toISOString();
  const monthDay = iso.slice(5, 10);
  const isLeap = new Date(Date.UTC(Number(iso.slice(0, 4)), 1, 29)).getUTCMonth() === 1;
  return monthDay === '02-28' && !isLeap ? [monthDay, '02-29'] : [monthDay];
}
