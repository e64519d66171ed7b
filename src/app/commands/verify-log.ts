import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesAt, primitives, readKeys, type Seen, type Walked, walkLog } from '#modules/transparency';
import { readConfig } from '#platform/config';
import {
  type CheckedReceipt,
  checkReceipt,
  formatVerifierKey,
  type ReceiptFault,
  readCheckpoint,
  readUtf8,
  toBase64,
  type VerifierKey,
} from '#platform/tlog';
import { exitCodes, type Terminal } from '../terminal.ts';
import { type Memory, openMemory } from '../verified-logs.ts';
import { needFile } from './need-file.ts';
import { progressView } from './progress-view.ts';

export interface LogOptions {
  key?: string;
  against?: string;
  log?: string;
  memory?: string;
  json?: boolean;
}

/** An address, or a folder that holds a log's files. */
export function isLogPlace(what: string): boolean {
  if (/^https?:\/\//.test(what)) return true;
  return existsSync(what) && statSync(what).isDirectory();
}

/** Walks a public log as anybody could, and says in words what that proves. */
export async function verifyLog(io: Terminal, place: string, o: LogOptions): Promise<void> {
  const memory = openMemory(o.memory ?? join(readConfig().home, 'verified-logs.json'));
  const read = filesAt(place);
  const { keys, trust } = await keysFor(o, memory, place);
  const before = o.against === undefined ? [] : earlier(o.against, keys);
  if (!before) {
    io.err(`${o.against} holds no checkpoint that the trusted key signed.\n`);
    io.exit(exitCodes.wrongUse);
    return;
  }
  const seen = [...memory.seen(keys), ...before];
  const view = progressView(io);
  const walked = await walkLog({ read, keys, seen, onProgress: (share) => view.show(share, 'read') });
  view.end(1, 'read');
  const { checkpoint, problems } = walked;
  if (checkpoint && problems.length === 0)
    memory.keep(place, [...keys, ...(await vouchedFor(place, walked.note ?? '', keys))], checkpoint);
  if (o.json) io.out(`${JSON.stringify(toJson(walked, { place, keys, trust }))}\n`);
  else io.out(problems.length === 0 ? proven(walked, trust) : refuted(walked));
  if (problems.length > 0) io.exit(exitCodes.problemFound);
}

/** Checks one receipt, by itself or against the log. */
export async function verifyReceipt(io: Terminal, file: string | undefined, o: LogOptions): Promise<void> {
  if (file === undefined) {
    io.err('Say which file: pando verify receipt FILE.\n');
    io.exit(exitCodes.wrongUse);
    return;
  }
  if (!needFile(file, io)) return;
  const text = readFileSync(file, 'utf8');
  const memory = openMemory(o.memory ?? join(readConfig().home, 'verified-logs.json'));
  const read = o.log === undefined ? undefined : filesAt(o.log);
  const { keys, trust } = read || o.key ? await keysFor(o, memory, o.log) : memory.all();
  if (keys.length === 0) {
    io.err('No key is known to check it by. Name one with --key, or the log with --log.\n');
    io.exit(exitCodes.wrongUse);
    return;
  }
  const checked = await checkReceipt(primitives, text, { keys, ...(read ? { read } : {}) });
  const view = readUtf8(checked.opening?.view ?? new Uint8Array()) ?? '';
  if (o.json) {
    const { fault = null, index = null, checkpoint } = checked;
    const origin = checkpoint?.origin ?? null;
    io.out(
      `${JSON.stringify({ file, good: !checked.fault, fault, origin, index, view: parsed(view), trust })}\n`,
    );
  } else io.out(wordsOfReceipt(checked, view, trust, read !== undefined));
  if (checked.fault) io.exit(exitCodes.problemFound);
}

/** Keys that signed the same checkpoint beside a trusted one: so a log passes on to a new key. */
async function vouchedFor(place: string, note: string, keys: readonly VerifierKey[]): Promise<VerifierKey[]> {
  const told = readKeys(readUtf8((await filesAt(place)('key')) ?? new Uint8Array()) ?? '');
  const isNew = ({ keyId }: VerifierKey) => !keys.some((known) => known.keyId === keyId);
  return told.filter((key) => isNew(key) && typeof readCheckpoint(primitives, note, [key]) !== 'string');
}

type Trust = 'given' | 'remembered' | 'first look';

/** The keys to trust: those that are given, or remembered from this log, or (said so) the log's own word for them. */
async function keysFor(
  o: LogOptions,
  memory: Memory,
  place: string | undefined,
): Promise<{ keys: VerifierKey[]; trust: Trust }> {
  if (o.key !== undefined) {
    const text = existsSync(o.key) ? readFileSync(o.key, 'utf8') : o.key;
    return { keys: readKeys(text), trust: 'given' };
  }
  const file = place === undefined ? undefined : await filesAt(place)('key');
  const told = readKeys(readUtf8(file ?? new Uint8Array()) ?? '');
  const names = told.map(({ name }) => name);
  const remembered = memory.keysOf(place, names);
  return remembered.length > 0
    ? { keys: remembered, trust: 'remembered' }
    : { keys: told, trust: 'first look' };
}

/** The checkpoint in a file, which may be a receipt; undefined for what the log did not sign: that accuses nobody. */
function earlier(file: string, keys: readonly VerifierKey[]): Seen[] | undefined {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const note = text.startsWith('c2sp.org/tlog-proof@v1') ? text.slice(text.indexOf('\n\n') + 2) : text;
  const checkpoint = readCheckpoint(primitives, note, keys);
  if (typeof checkpoint === 'string') return undefined;
  return [{ size: checkpoint.size, root: checkpoint.root, from: file }];
}

function toJson(walked: Walked, o: { place: string; keys: readonly VerifierKey[]; trust: Trust }) {
  const { checkpoint, problems, entries, kinds, totals } = walked;
  return {
    log: o.place,
    good: problems.length === 0,
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    root: checkpoint ? toBase64(checkpoint.root) : null,
    keys: o.keys.map(formatVerifierKey),
    trust: o.trust,
    entries,
    kinds: Object.fromEntries(kinds),
    totals: totals.length,
    continued: walked.continued.map(({ size, from }) => ({ size, from })),
    problems,
  };
}

const counted = (n: number | bigint) => n.toLocaleString('en');

function proven({ checkpoint, entries, kinds, totals, continued }: Walked, trust: Trust): string {
  const last = totals.at(-1);
  const totalLines = last
    ? [
        `- All ${counted(totals.length)} hourly totals add up, follow each other and count as many movements as stand before them.`,
        `  The newest (${last.at}): ${counted(last.outstanding)} points outstanding, ${counted(last.backed)} backed by a reserve of ${counted(last.reserve.amount)} ${last.reserve.unit} at ${counted(last.ratio)} to 1.`,
      ]
    : ['- There are no totals yet.'];
  const past = continued.filter(({ size }) => size > 0);
  return [
    `${checkpoint?.origin} is whole.`,
    '',
    'Proven from the public files alone:',
    `- The log's key signed exactly this history of ${counted(entries)} entries (${counted(entries - (kinds.get(0) ?? 0))} movements); every entry and every tile belongs to it.`,
    ...(past.length > 0
      ? past.map(
          ({ size, from }) =>
            `- It continues what was seen before (${counted(size)} entries, ${from}): nothing was taken out, changed or put in between.`,
        )
      : [
          '- This history is remembered from now on: the next look will see whether anything of it was changed.',
        ]),
    ...totalLines,
    '',
    'Not proven:',
    ...(trust === 'first look'
      ? [
          "- That the key is really the brand's: it was taken from the log itself, at this first look. Compare it with one from elsewhere (--key).",
        ]
      : []),
    '- That everybody is shown this same log: compare its size and root with what others see.',
    "- That the reserve is there: the totals are the brand's own signed word, which an auditor compares with its bank.",
    '- What the movements are: they are hidden, and each member opens their own with a receipt.',
    '',
  ].join('\n');
}

function refuted({ checkpoint, problems }: Walked): string {
  return [
    `${checkpoint?.origin ?? 'This log'} is NOT as it should be.`,
    '',
    ...problems.map(({ detail }) => `- ${detail}`),
    '',
    'Nothing of it is remembered. Keep a copy of its files: together with the signed checkpoint they are the evidence.',
    '',
  ].join('\n');
}

const faults: Record<ReceiptFault, string> = {
  form: 'This is no receipt, or a part of it is missing.',
  origin: 'It is a receipt of another log than the one whose key is trusted.',
  signature: 'The signature is wrong: the log never signed this checkpoint, or a line of it was changed.',
  content: 'What it says was changed: at its place in the log stands something else.',
  path: 'What it says is in the log, but its place or its proof was changed.',
  unlogged: 'What it says, its place or its proof was changed: they do not lead to the signed root.',
  history:
    'The log has another past now than the one that this receipt was given for. Keep the receipt: it is the evidence.',
};

function wordsOfReceipt(
  { fault, index, checkpoint, now }: CheckedReceipt,
  view: string,
  trust: Trust,
  asked: boolean,
): string {
  if (fault) return `The receipt is NOT good. ${faults[fault]}\n`;
  return [
    `The receipt is good: entry ${counted(index ?? 0)} of ${checkpoint?.origin}.`,
    `It says: ${view}`,
    '',
    "Proven: the log's key signed a history that has exactly this in it, at this place.",
    ...(asked && now
      ? [`Proven: the log as it is now (${counted(now.size)} entries) still has that history in it.`]
      : []),
    ...(asked ? [] : ['Not proven: that the log still has it; name the log with --log.']),
    ...(trust === 'first look'
      ? ["Not proven: that the key is really the brand's; it was taken from the log itself."]
      : []),
    '',
  ].join('\n');
}

function parsed(view: string): unknown {
  try {
    return JSON.parse(view);
  } catch {
    return null;
  }
}
