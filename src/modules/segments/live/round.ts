import { fromRow, type LogEvent } from '#modules/collect';
import type { PersonFacts } from '#modules/people';
import type { Facts } from '#platform/facts';
import type { Tx } from '#platform/postgres';
import type { Entry, RuleSet } from '../rule/index.ts';
import type { Edition } from './edition.ts';
import { type Cause, Evaluation, type Listening } from './evaluation.ts';
import { type Extra, factsOf, type LoadDeps, loadPersons, storedOf } from './load.ts';
import { countMembers } from './members-sql.ts';
import type { Stored } from './persist-sql.ts';
import * as sql from './persist-sql.ts';
import { isIn, type Person } from './person.ts';
import type { Workspace } from './workspace.ts';

export const reader = 'segments';

/** Of one round: batches, statements' worth of changed identifiers, people whose time has come; */
const [mostBatches, mostChanges, mostDue] = [32, 100, 300];
/** and errands, beside others or alone. */
const mostErrands = { beside: 300, alone: 2_000 };
/** How often open pages hear of which segments somebody came into or went out of. */
const movedEveryMs = 500;

export interface RoundDeps extends LoadDeps {
  facts: Facts;
  owner: string;
  leaseMs: number;
  lookaheadMs: number;
  listening(tx: Tx, workspaceId: number): Promise<Listening>;
}

/** One event of a batch that some rule wants. */
interface News {
  seq: number;
  key: number;
  entry: Entry;
  cause: Cause;
  historical: boolean;
}

/**
 * One step of a workspace: the next batches, whose person or traits changed, and whose time has come, all in one
 * transaction with what follows from them. The order matters: batches are read before changes, and changes before
 * people, so that what is read of people is never older than the events that are counted for them; what is younger is
 * told by a change that comes in a later round. Nothing that is remembered changes before everything is at hand.
 * Answers with whether there was anything to do.
 */
export async function takeRound(
  deps: RoundDeps,
  tx: Tx,
  workspace: Workspace,
  nowMs: number,
): Promise<boolean> {
  const now = Math.max(nowMs, workspace.nowMs);
  const { memory, set } = workspace;
  const popped = takeDue(workspace, now);
  try {
    const batches = await deps.reader.after(tx, workspace.id, workspace.position, mostBatches);
    const isBusy = batches.length + popped.length > 0;
    const errands = workspace.errands.slice(0, mostErrands[isBusy ? 'beside' : 'alone']);
    const { news, newestKey } = readNews(workspace, set.size === 0 ? [] : batches);
    const taken = await deps.people.changes.take(tx, workspace.id, reader, mostChanges);
    // Where there is no rule, nobody need be known: it only goes on to where the log ends.
    const changed = set.size === 0 ? [] : taken;

    const unknown = new Set(changed);
    for (const { key, historical } of news) {
      // Whom a backfill alone touches is looked at when it is over.
      if (!historical && !memory.knows(key)) unknown.add(key);
    }
    const personOf = await deps.people.changes.personsOf(tx, workspace.id, [...unknown]);

    const refreshed = new Set(errands.flatMap(({ person, refresh }) => (refresh ? person : [])));
    const changedPersons = new Set<number>(refreshed);
    const gone = new Map<number, 'joined' | 'erased'>();
    for (const key of changed) {
      const person = personOf.get(key) ?? null;
      const before = memory.byKey(key);
      // An identifier that nobody has seen was never anybody of its own.
      if (person !== key && key <= workspace.seenKey) gone.set(key, person === null ? 'erased' : 'joined');
      if (before) changedPersons.add(before.key);
      if (person !== null) changedPersons.add(person);
    }
    const missing = new Set<number>();
    for (const person of personOf.values()) if (person !== null && !memory.has(person)) missing.add(person);
    for (const { person } of [...popped, ...errands]) if (!memory.has(person)) missing.add(person);
    for (const person of changedPersons) missing.delete(person);
    for (const person of gone.keys()) {
      changedPersons.delete(person);
      missing.delete(person);
    }

    const standing = await deps.people.changes.facts(tx, workspace.id, [...changedPersons, ...missing]);
    const { toLoad, atHand } = sort(workspace, standing, changedPersons);
    const found = new Set(standing.map((one) => one.person));
    for (const person of changedPersons)
      if (!found.has(person) && !refreshed.has(person)) gone.set(person, 'erased');
    const loaded = await loadPersons(deps, tx, workspace, toLoad);
    const extra = await deps.extras.of(
      workspace.id,
      atHand.map(({ facts }) => facts),
      set.wants,
    );
    const leaving = await writtenOf(deps, tx, workspace, [...gone.keys()]);

    const filled = workspace.filled.slice();
    const sizes = await sizesOf(deps, tx, workspace, filled);
    const isQuiet = batches.length + taken.length + popped.length + errands.length + filled.length === 0;
    if (isQuiet && !(workspace.moved.size > 0 && now - workspace.movedMs >= movedEveryMs)) return false;

    // From here on everything is at hand; what fails now voids all that is remembered.
    workspace.dirty = true;
    const evaluation = new Evaluation(workspace, now, deps.lookaheadMs);
    workspace.filled.splice(0, filled.length);
    for (const edition of filled) evaluation.switchOver(edition);
    const byWhom = (person: number): Cause => ({ what: refreshed.has(person) ? 'snapshot' : 'person' });
    for (const one of atHand) takeOver(workspace, one, extra(one.facts), evaluation, byWhom(one.person.key));
    for (const person of gone.keys()) memory.remove(person);
    evaluation.leave(leaving, gone);
    for (const person of loaded) {
      memory.put(person);
      if (changedPersons.has(person.key)) evaluation.touchAll(person, byWhom(person.key));
    }
    for (const batch of batches) pushToRing(workspace, batch.seq, news);
    for (const one of news) {
      const person = memory.byKey(one.key);
      if (!person) continue;
      set.add(person.state, one.entry);
      evaluation.touch(person, set.touched(one.entry), one.cause, one.historical);
    }
    for (const { person, at } of popped) {
      const known = memory.person(person);
      if (known && !(known.checkedAt >= at)) evaluation.touchAll(known, { what: 'time' });
    }
    for (const { person, evaluate, refresh } of errands) {
      const known = memory.person(person);
      if (known && evaluate && !refresh) evaluation.touchAll(known, { what: 'backfill' }, true);
    }
    workspace.errands.splice(0, errands.length);
    endBackfill(workspace);
    for (const person of evaluation.persons()) workspace.watched?.add(person);
    for (const person of gone.keys()) workspace.watched?.add(person);
    workspace.seenKey = Math.max(workspace.seenKey, newestKey, ...taken);
    evaluation.run();
    // In the order of their numbers, as whoever carries changes counts them.
    const switched = [...filled.entries()].sort(([, one], [, other]) => one.segmentId - other.segmentId);
    for (const [i, edition] of switched) {
      // An edit may have overtaken it.
      if (!(await sql.switchOver(tx, workspace.id, edition.id))) edition.state = 'over';
      else await sql.setSize(tx, workspace.id, edition.segmentId, now, sizes[i] ?? 0);
    }
    await write(deps, tx, workspace, evaluation, now, batches.at(-1)?.seq ?? workspace.position);
    return true;
  } catch (error) {
    if (!workspace.dirty) for (const { at, person } of popped) workspace.heap.push(at, person);
    throw error;
  }
}

/** Of editions that are to be switched over, how many are in. */
async function sizesOf(
  deps: RoundDeps,
  tx: Tx,
  workspace: Workspace,
  filled: readonly Edition[],
): Promise<number[]> {
  const sizes: number[] = [];
  for (const { id: edition } of filled) {
    const waiting = await deps.waiting.ofEdition(tx, workspace.id, edition);
    const without = waiting.map((row) => row.person);
    const there = await countMembers(deps.ch, { workspaceId: workspace.id, edition, now: 0, without });
    sizes.push(there + waiting.filter((row) => row.is_in).length);
  }
  return sizes;
}

/** When all errands of a backfill are done, it is; what was brought in meanwhile is the next. */
function endBackfill(workspace: Workspace): void {
  if (workspace.backfillUpTo === null || workspace.errands.length > 0) return;
  workspace.backfillFrom = workspace.backfillNext;
  workspace.backfillNext = null;
  workspace.backfillUpTo = null;
}

/** Those whose moment has come; of each person once. */
function takeDue(workspace: Workspace, now: number): { at: number; person: number }[] {
  const { heap, memory } = workspace;
  const taken = new Map<number, { at: number; person: number }>();
  while (heap.next() <= now && taken.size < mostDue) {
    const due = heap.pop();
    if (!due) break;
    const person = memory.person(due.person);
    // A later look was arranged, or everything was looked at since.
    if (person && (person.due > due.at || person.checkedAt >= due.at)) continue;
    taken.set(due.person, due);
  }
  return [...taken.values()];
}

type Batches = Awaited<ReturnType<LoadDeps['reader']['after']>>;

function readNews(workspace: Workspace, batches: Batches): { news: News[]; newestKey: number } {
  const news: News[] = [];
  let newestKey = 0;
  for (const { seq, lines } of batches) {
    for (const line of lines) {
      const row = fromRow(line);
      const key = Number(row.key);
      if (key > newestKey) newestKey = key;
      const historical = row.historical === '1';
      if (historical) noteBackfill(workspace, seq);
      const entry = entryOf(workspace.set, row);
      if (!entry) continue;
      const event = row.event || row.type || '';
      news.push({
        seq,
        key,
        entry,
        historical,
        cause: { what: 'event', event, message: row.message_id ?? '' },
      });
    }
  }
  return { news, newestKey };
}

function entryOf(set: RuleSet, row: LogEvent): Entry | null {
  return row.contract === '1' || row.bot === '1' ? null : set.entryOf(row);
}

/** The entries of a batch, and whose they are. */
function entriesOf(set: RuleSet, lines: readonly string[]): [keys: number[], entries: Entry[]] {
  const keys: number[] = [];
  const entries: Entry[] = [];
  for (const line of lines) {
    const row = fromRow(line);
    const entry = entryOf(set, row);
    if (!entry) continue;
    keys.push(Number(row.key));
    entries.push(entry);
  }
  return [keys, entries];
}

function noteBackfill(workspace: Workspace, seq: number): void {
  workspace.lastBackfill = seq;
  if (workspace.backfillFrom === null) workspace.backfillFrom = seq - 1;
  else if (workspace.backfillUpTo !== null) workspace.backfillNext ??= seq - 1;
}

function pushToRing(workspace: Workspace, seq: number, news: readonly News[]): void {
  const of = news.filter((one) => one.seq === seq);
  workspace.ring.push(
    seq,
    of.map((one) => one.key),
    of.map((one) => one.entry),
  );
}

interface AtHand {
  facts: PersonFacts;
  person: Person;
  /** Those who became one with them. */
  joined: Person[];
}

/** Who must be fetched, and whose state can be made of what is at hand. */
function sort(
  workspace: Workspace,
  standing: readonly PersonFacts[],
  changed: ReadonlySet<number>,
): { toLoad: PersonFacts[]; atHand: AtHand[] } {
  const toLoad: PersonFacts[] = [];
  const atHand: AtHand[] = [];
  for (const facts of standing) {
    const person = workspace.memory.person(facts.person);
    if (!person) toLoad.push(facts);
    else if (changed.has(facts.person)) {
      const joined = joinedWith(workspace, person, facts.keys);
      if (joined) atHand.push({ facts, person, joined });
      else toLoad.push(facts);
    }
  }
  return { toLoad, atHand };
}

/** The others whose identifiers these are now; null where not everything about them is at hand. */
function joinedWith(workspace: Workspace, person: Person, keys: readonly number[]): Person[] | null {
  const now = new Set(keys);
  const holders = new Set<Person>([person]);
  for (const key of keys) {
    const holder = workspace.memory.byKey(key);
    if (holder) holders.add(holder);
    else if (key <= workspace.seenKey) return null;
  }
  for (const holder of holders) if (!holder.keys.every((key) => now.has(key))) return null;
  holders.delete(person);
  return [...holders];
}

function takeOver(
  workspace: Workspace,
  { facts, person, joined }: AtHand,
  extra: Extra,
  evaluation: Evaluation,
  cause: Cause,
): void {
  const { memory, set } = workspace;
  for (const other of joined) {
    memory.remove(other.key);
    set.merge(person.state, other.state);
  }
  if (person.keys.length !== facts.keys.length) {
    memory.remove(person.key);
    person.keys = facts.keys;
    memory.put(person);
  }
  set.setFacts(person.state, factsOf(facts, extra));
  if (joined.length > 0) evaluation.touchAll(person, { what: 'joined' });
  else evaluation.touch(person, set.touchedByFacts(), cause, false);
}

/** What is written of those who are nobody of their own any more. */
async function writtenOf(
  deps: RoundDeps,
  tx: Tx,
  workspace: Workspace,
  persons: readonly number[],
): Promise<Stored[]> {
  const known = persons.flatMap((key) => workspace.memory.person(key) ?? []);
  const others = persons.filter((key) => !workspace.memory.person(key));
  const rows = [...(await storedOf(deps, tx, workspace.id, others))];
  for (const person of known) {
    workspace.editions.forEach((edition, place) => {
      const is_in = isIn(person, place);
      const until_ms = person.near?.get(place) ?? 0;
      if (is_in || until_ms !== 0)
        rows.push({ edition: edition.id, person: person.key, is_in, since_ms: 0, until_ms, version: 0 });
    });
  }
  return rows;
}

async function write(
  deps: RoundDeps,
  tx: Tx,
  workspace: Workspace,
  evaluation: Evaluation,
  now: number,
  position: number,
): Promise<void> {
  const { id } = workspace;
  const round = workspace.round + 1;
  const { changes, faults } = evaluation;
  await deps.waiting.put(tx, id, changes);
  for (const { edition, error } of faults) await sql.saveEditionError(tx, id, edition.id, error);
  const facts = evaluation.hasFacts ? evaluation.facts(await deps.listening(tx, id)) : [];
  const moved = new Set([...workspace.moved, ...evaluation.moved()]);
  const tellsMoved = moved.size > 0 && now - workspace.movedMs >= movedEveryMs;
  if (tellsMoved) facts.push({ type: 'segment.moved', subject: '', data: { segments: [...moved] } });
  await deps.facts.recordMany(tx, facts);
  const timersFrom = workspace.timersFrom ?? now;
  const evaluatedMs = Math.min(now, timersFrom, workspace.heap.next() - 1);
  const { owner, leaseMs } = deps;
  await sql.saveRunner(tx, id, {
    round,
    evaluatedMs: Math.max(0, evaluatedMs),
    backfillFrom: workspace.backfillFrom,
    owner,
    leaseMs,
  });
  if (position !== workspace.position) await deps.reader.savePosition(tx, id, reader, position);
  tx.afterCommit(() => {
    workspace.position = position;
    workspace.round = round;
    workspace.nowMs = now;
    workspace.moved = tellsMoved ? new Set() : moved;
    if (tellsMoved) workspace.movedMs = now;
    workspace.dirty = false;
    workspace.memory.endRound();
    workspace.tellErrands();
  });
}

/** Batches up to the position that ClickHouse does not have are only in the log. */
export async function fillRing(deps: Pick<RoundDeps, 'reader'>, tx: Tx, workspace: Workspace): Promise<void> {
  const { set, position, id } = workspace;
  let seq = await deps.reader.written(tx, id);
  while (seq < position) {
    const batches = await deps.reader.after(tx, id, seq, 20);
    for (const batch of batches) {
      seq = batch.seq;
      if (seq <= position) workspace.ring.push(seq, ...entriesOf(set, batch.lines));
    }
    if (batches.length === 0) return;
  }
}
