import { isAscii, isUtf8 } from 'node:buffer';
import { analyse } from 'chardet';
import iconv from 'iconv-lite';
import { refuse } from '../schema.ts';

interface Decoder {
  write(bytes: Buffer): string;
  end(): string | undefined;
}

const headBytes = 256;
const windowBytes = 256 * 1024;

/**
 * Turns the bytes of a file into text. Where nobody said which encoding it has, a mark at its start or the pattern of
 * its zero bytes tells, or else what it says from the first byte on that is not ASCII: until there it does not matter.
 */
export async function* decodeText(
  chunks: AsyncIterable<Buffer>,
  o: { encoding?: string | undefined; onEncoding?: (name: string) => void } = {},
): AsyncGenerator<string> {
  let decoder = o.encoding === undefined ? undefined : decoderOf(o.encoding);
  let held: Buffer[] = [];
  let heldBytes = 0;
  const decide = (): string => {
    const bytes = Buffer.concat(held);
    held = [];
    const encoding = guessEncoding(bytes);
    o.onEncoding?.(encoding);
    decoder = decoderOf(encoding);
    return decoder.write(bytes);
  };
  for await (const chunk of atLeast(headBytes, chunks)) {
    if (decoder) yield decoder.write(chunk);
    else if (held.length === 0 && isAscii(chunk) && !chunk.includes(0)) yield chunk.toString('latin1');
    else {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes >= windowBytes) yield decide();
    }
  }
  if (held.length > 0) yield decide();
  const rest = decoder?.end();
  if (rest) yield rest;
}

/** The same bytes with a first chunk that is long enough to judge by. */
async function* atLeast(bytes: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    head = head ? Buffer.concat([head, chunk]) : chunk;
    if (head.length < bytes && head !== chunk) continue;
    yield head;
    head = null;
  }
  if (head && head.length > 0) yield head;
}

/** UTF-8 by the platform's own decoder, which is six times as fast; everything else by iconv. */
function decoderOf(encoding: string): Decoder {
  if (/^utf-?8$/i.test(encoding)) {
    const utf8 = new TextDecoder('utf-8');
    return { write: (bytes) => utf8.decode(bytes, { stream: true }), end: () => utf8.decode() };
  }
  if (!iconv.encodingExists(encoding)) {
    throw refuse(
      'bad-mapping',
      `The encoding "${encoding}" is not known. Write utf-8, gb18030, windows-1252, utf-16 or another that iconv has.`,
    );
  }
  return iconv.getDecoder(encoding, { stripBOM: true });
}

/** The most likely encoding of these bytes, which hold at least one byte that is not ASCII (or a zero). */
export function guessEncoding(bytes: Buffer): string {
  const marked = byMark(bytes) ?? byZeros(bytes);
  if (marked) return marked;
  // The last character may be cut in two.
  if (isUtf8(bytes) || (bytes.length > 8 && isUtf8(bytes.subarray(0, lastCharacterStart(bytes)))))
    return 'utf-8';
  const telling = linesThatTell(bytes);
  const candidates = analyse(telling).filter((match) => !/^(ASCII|UTF-8|UTF-16|UTF-32)/.test(match.name));
  const best = candidates[0];
  if (looksSimplifiedChinese(telling)) {
    const gb = candidates.find((match) => match.name === 'GB18030')?.confidence ?? 0;
    // A few Chinese characters may be several encodings at once; the simplified ones are by far the most common.
    if (!best || best.confidence < 90 || gb >= best.confidence) return 'gb18030';
  }
  if (!best || best.confidence < 20 || best.name === 'ISO-8859-1') return 'windows-1252';
  return best.name.toLowerCase();
}

function byMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-16 without a mark: every other byte of what is written in ASCII (delimiters, digits) is zero. */
function byZeros(bytes: Buffer): string | undefined {
  const zeros = [0, 0];
  const length = Math.min(bytes.length, 4096);
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd === 0) return undefined;
  if (odd > length / 10 && even < odd / 10) return 'utf-16le';
  if (even > length / 10 && odd < even / 10) return 'utf-16be';
  throw refuse(
    'unreadable-file',
    'This is not a text file: it has zero bytes. Export it as CSV or JSON lines.',
  );
}

function lastCharacterStart(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

/** Only the lines with something to go by: thousands of ASCII lines would drown a handful of names. */
function linesThatTell(bytes: Buffer): Buffer {
  const lines: Buffer[] = [];
  let size = 0;
  for (let at = 0; at < bytes.length && size < 32 * 1024; ) {
    const next = bytes.indexOf(0x0a, at);
    const end = next < 0 ? bytes.length : next + 1;
    const line = bytes.subarray(at, end);
    if (!isAscii(line)) {
      lines.push(line);
      size += line.length;
    }
    at = end;
  }
  return Buffer.concat(lines);
}

/** Whether the bytes are pairs mostly among the 3,755 most common simplified characters, which lead with B0 to D7. */
function looksSimplifiedChinese(bytes: Buffer): boolean {
  let pairs = 0;
  let common = 0;
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x80) continue;
    const second = bytes[++i] ?? 0;
    pairs++;
    if (lead >= 0xb0 && lead <= 0xd7 && second >= 0xa1) common++;
    // Rare characters have four bytes, two of which look like digits.
    else if (second >= 0x30 && second <= 0x39) i += 2;
    else if (second < 0x40) return false;
  }
  return pairs > 0 && common / pairs >= 0.6;
}
