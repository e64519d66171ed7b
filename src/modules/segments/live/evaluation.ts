import type { Fact } from '#platform/facts';
import { withoutValues } from '#platform/postgres';
import type { Verdict } from '../rule/index.ts';
import { Changes } from './changes.ts';
import type { Edition } from './edition.ts';
import type { Stored } from './persist-sql.ts';
import { isIn, type Person, setIn } from './person.ts';
import type { Workspace } from './workspace.ts';

/** Why somebody entered or left. */
export type Cause =
  | { what: 'event'; event: string; message: string }
  | { what: 'time' | 'person' | 'joined' | 'backfill' | 'snapshot' };

/** Of whose comings and goings each is a fact of its own: numbers of segments. */
export type Listening = ReadonlySet<number> | 'all';

const untold = { told: false, counted: false };
const byTimeAlone: Cause = { what: 'time' };

/** Whatever comes within so long is written down at once, ms. */
export const soonMs = 60_000;

interface Touched {
  rules: ReadonlySet<number> | 'all';
  cause: Cause;
  /** Only by what was brought in from the past: nobody is to be told. */
  silent: boolean;
}

/** What a round makes of everybody who was touched. */
export class Evaluation {
  readonly changes: Changes;
  readonly faults: { edition: Edition; error: string }[] = [];
  readonly #workspace: Workspace;
  readonly #now: number;
  readonly #horizon: number;
  readonly #lookaheadMs: number;
  readonly #touched = new Map<Person, Touched>();
  readonly #facts: { segment: number; fact: Fact }[] = [];
  readonly #moved = new Set<number>();
  #cause: Cause | null = null;
  #causeText = '';

  constructor(workspace: Workspace, now: number, lookaheadMs: number) {
    this.#workspace = workspace;
    this.changes = new Changes({ version: workspace.round + 1, notedMs: now });
    this.#now = now;
    this.#horizon = now + lookaheadMs;
    this.#lookaheadMs = lookaheadMs;
  }

  touch(person: Person, rules: ReadonlySet<number>, cause: Cause, silent: boolean): void {
    const known = this.#touched.get(person);
    if (!known) {
      this.#touched.set(person, { rules, cause, silent });
      return;
    }
    if (known.rules !== 'all' && known.rules !== rules) known.rules = known.rules.union(rules);
    if (cause.what === 'event') known.cause = cause;
    known.silent &&= silent;
  }

  touchAll(person: Person, cause: Cause, silent = false): void {
    const known = this.#touched.get(person);
    if (known) {
      known.rules = 'all';
      known.silent &&= silent;
    } else this.#touched.set(person, { rules: 'all', cause, silent });
  }

  /** From now on what the edition says is what the segment says. */
  switchOver(edition: Edition): void {
    const { editions } = this.#workspace;
    for (const other of editions) if (other.segmentId === edition.segmentId) other.state = 'over';
    edition.state = 'live';
    edition.known.clear();
  }

  /** Those who are nobody of their own any more are in nothing. */
  leave(stored: Iterable<Stored>, gone: ReadonlyMap<number, 'joined' | 'erased'>): void {
    const { editions } = this.#workspace;
    const written = new Set<string>();
    for (const row of stored) {
      const edition = editions.find((one) => one.id === row.edition);
      if (!edition || edition.state === 'over') continue;
      written.add(`${edition.id} ${row.person}`);
      if (!row.is_in && row.until_ms === 0) continue;
      const told = gone.get(row.person) === 'joined' && edition.state === 'live' && row.is_in;
      const counted = row.is_in && edition.state === 'live';
      this.#write(edition, row.person, false, 0, this.#now, { told, counted }, { what: 'joined' });
    }
    for (const edition of editions) {
      if (edition.state !== 'filling') continue;
      for (const person of gone.keys()) {
        edition.known.add(person);
        if (!written.has(`${edition.id} ${person}`))
          this.#write(edition, person, false, 0, this.#now, untold, { what: 'joined' });
      }
    }
  }

  run(): void {
    for (const [person, touched] of this.#touched) this.#evaluate(person, touched);
  }

  *persons(): Iterable<number> {
    for (const person of this.#touched.keys()) yield person.key;
  }

  get hasFacts(): boolean {
    return this.#facts.length > 0;
  }

  /** Who came and went, where somebody is `listening`. */
  facts(listening: Listening): Fact[] {
    return this.#facts
      .filter(({ segment }) => listening === 'all' || listening.has(segment))
      .map(({ fact }) => fact);
  }

  /** Segments that somebody came into or went out of. */
  moved(): ReadonlySet<number> {
    return this.#moved;
  }

  #evaluate(person: Person, { rules, cause, silent }: Touched): void {
    const { set, editions, heap } = this.#workspace;
    let wake = Number.POSITIVE_INFINITY;
    const look = (place: number) => {
      const edition = editions[place];
      if (!edition || edition.state === 'over' || edition.error !== null) return;
      let outcome: Verdict;
      try {
        outcome = set.evaluate(person.state, place, this.#now);
      } catch (error) {
        edition.error = withoutValues(error);
        this.faults.push({ edition, error: edition.error });
        return;
      }
      this.#settle(person, place, edition, outcome, cause, silent);
      // What stands written wrongly has to be put right before its moment as well.
      const next = Math.min(outcome.until, person.near?.get(place) ?? Number.POSITIVE_INFINITY);
      wake = Math.min(wake, this.#wakeFor(next, person.key));
    };
    if (rules === 'all') {
      for (let place = 0; place < set.size; place++) look(place);
      person.checkedAt = this.#now;
      if (wake !== person.due && wake !== Number.POSITIVE_INFINITY) heap.push(wake, person.key);
      person.due = wake;
    } else {
      for (const place of rules) look(place);
      if (wake !== Number.POSITIVE_INFINITY && !(wake >= person.due)) {
        heap.push(wake, person.key);
        if (!Number.isNaN(person.due)) person.due = wake;
      }
    }
  }

  /** When to look again for a moment that is to come: before it, to write it down; once that is done, when it is there. */
  #wakeFor(moment: number, key: number): number {
    if (moment <= this.#now + soonMs) return moment;
    const early = moment - this.#early(key);
    return early > this.#now ? early : moment - soonMs;
  }

  /** How long before a moment it is written down: not for everybody at once. */
  #early(key: number): number {
    const share = (Math.imul(key % 4294967296, 0x9e3779b1) >>> 0) / 4294967296;
    return Math.floor(this.#lookaheadMs * (0.4 + share * 0.6));
  }

  #settle(
    person: Person,
    place: number,
    edition: Edition,
    outcome: Verdict,
    cause: Cause,
    silent: boolean,
  ): void {
    const stored = isIn(person, place);
    const storedUntil = person.near?.get(place) ?? 0;
    // An early one is only a moment to look again.
    let until = outcome.until <= this.#horizon && !outcome.early ? outcome.until : 0;
    // With every event of a short window its end moves on: that is written only when the written one comes near.
    const isSoon = Math.min(outcome.until, storedUntil || outcome.until) <= this.#now + soonMs;
    if (!isSoon && cause.what !== 'time' && stored === outcome.in) until = storedUntil;
    const isKnown = edition.state !== 'filling' || edition.known.has(person.key);
    if (isKnown && stored === outcome.in && storedUntil === until) return;
    const isChange = isKnown && stored !== outcome.in;
    // 0: since when is as it was; whoever writes it into ClickHouse looks that up.
    const byTime = isChange && storedUntil !== 0 && storedUntil <= this.#now;
    const at = isKnown && !isChange ? 0 : byTime ? storedUntil : this.#now;
    const told = isChange && edition.state === 'live';
    setIn(person, place, outcome.in);
    if (until === 0) person.near?.delete(place);
    else (person.near ??= new Map()).set(place, until);
    if (edition.state === 'filling') edition.known.add(person.key);
    const why = byTime ? byTimeAlone : cause;
    this.#write(edition, person.key, outcome.in, until, at, { told: told && !silent, counted: told }, why);
  }

  /** One cause mostly changes several memberships. */
  #textOf(why: Cause): string {
    if (this.#cause !== why) {
      this.#cause = why;
      this.#causeText = JSON.stringify(why);
    }
    return this.#causeText;
  }

  #write(
    edition: Edition,
    person: number,
    entered: boolean,
    untilMs: number,
    sinceMs: number,
    { told, counted }: { told: boolean; counted: boolean },
    why: Cause,
  ): void {
    const { id, segmentId } = edition;
    this.changes.add({
      segment_id: segmentId,
      edition: id,
      person,
      is_in: entered,
      since_ms: sinceMs,
      until_ms: untilMs,
      told,
      counted,
      cause: this.#textOf(why),
    });
    if (counted) this.#moved.add(segmentId);
    if (!told) return;
    const type = entered ? 'segment.entered' : 'segment.left';
    const data = { segment: segmentId, at: sinceMs, cause: why };
    this.#facts.push({ segment: segmentId, fact: { type, subject: String(person), data } });
  }
}
