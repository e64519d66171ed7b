import { parseDecimal } from '../mapping/decimal.ts';
import { createTimeReader } from '../mapping/moment.ts';
import type { valueKinds } from '../schema.ts';

/** What the values of a column have in common. */
export interface ValueGuess {
  kind: (typeof valueKinds)[number];
  /** Of a time that does not explain itself. */
  format?: string;
  /** Day and month may be the other way round. */
  ambiguous?: boolean;
  /** Of a decimal: which sign stands before the fraction. */
  decimal?: '.' | ',';
}

const days = [
  'dd/MM/yyyy',
  'MM/dd/yyyy',
  'd/M/yyyy',
  'M/d/yyyy',
  'dd.MM.yyyy',
  'd.M.yyyy',
  'dd-MM-yyyy',
  'MM-dd-yyyy',
  'yyyyMMdd',
  'd LLL yyyy',
  'LLL d, yyyy',
];
const clocks = ['', ' HH:mm', ' HH:mm:ss', ' H:mm', ' H:mm:ss', ' h:mm a', ' h:mm:ss a'];
const formats = [...days.flatMap((day) => clocks.map((clock) => day + clock)), 'unix', 'unix-ms'];

const email = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]{2,}$/;
const phone = /^\+?[\d\s().-]{7,20}$/;
const whole = /^-?\d{1,15}(?:\.0+)?$/;
const flag = /^(?:true|false|yes|no|y|n|是|否|有|无)$/i;

/** At least so many of the values must be of a kind; a few may be mistakes. */
const most = 0.95;

/** `texts`: values that are not empty. `latestMs`: times behind it have not happened. */
export function guessValues(texts: readonly string[], latestMs: number): ValueGuess {
  if (texts.length === 0) return { kind: 'empty' };
  const mostly = (test: (text: string) => boolean) => texts.filter(test).length >= most * texts.length;
  if (mostly((text) => email.test(text))) return { kind: 'email' };
  if (mostly((text) => flag.test(text))) return { kind: 'boolean' };
  if (mostly((text) => /^[[{]/.test(text))) return { kind: 'json' };
  const time = guessTime(texts, latestMs);
  if (time) return time;
  if (mostly((text) => whole.test(text))) return { kind: 'integer' };
  const decimal = decimalSign(texts);
  if (mostly((text) => parseDecimal(text, decimal) !== null)) return { kind: 'decimal', decimal };
  if (
    mostly((text) => phone.test(text) && text.replace(/\D/g, '').length >= 7 && /^[+0]|[\s()-]/.test(text))
  ) {
    return { kind: 'phone' };
  }
  return { kind: 'text' };
}

const dateLike = /^\d{4}|^\d{1,2}[./ -]|^[A-Z][a-z]{2} \d/;

/** What is called a number is one, even if some of its values are mistakes. */
export function guessNumber(texts: readonly string[]): ValueGuess | null {
  const decimal = decimalSign(texts);
  const numbers = texts.filter((text) => parseDecimal(text, decimal) !== null);
  if (numbers.length < 0.6 * texts.length || texts.length === 0) return null;
  return numbers.every((text) => whole.test(text)) ? { kind: 'integer' } : { kind: 'decimal', decimal };
}

function guessTime(texts: readonly string[], latestMs: number): ValueGuess | null {
  if (!texts.every((text) => dateLike.test(text))) return null;
  const fits = (chosen?: string[]) => {
    const read = createTimeReader({ formats: chosen, zone: 'UTC', latestMs });
    let bad = 0;
    for (const text of texts) {
      try {
        read(text);
      } catch {
        bad++;
        if (bad > (1 - most) * texts.length) return false;
      }
    }
    return true;
  };
  if (fits()) return { kind: 'time' };
  // Names of months and "pm" are read by luxon, which takes its time.
  const letters = texts.some((text) => /[A-Za-z]/.test(text));
  const format = formats.find((candidate) => (letters || !/LLL|a$/.test(candidate)) && fits([candidate]));
  if (format === undefined) return null;
  const other = swapped(format);
  return { kind: 'time', format, ...(other !== null && fits([other]) ? { ambiguous: true } : {}) };
}

/** The same format with day and month the other way round; null where nobody would write it so. */
function swapped(format: string): string | null {
  const match = /^(dd?)([/-])(MM?)(.*)$/.exec(format);
  return match ? `${match[3]}${match[2]}${match[1]}${match[4]}` : null;
}

function decimalSign(texts: readonly string[]): '.' | ',' {
  const comma = texts.filter((text) =>
    /\d,\d{1,2}\D*$|\.\d{3},|^\D*\d{1,3}(?:\.\d{3}){2,}\D*$/.test(text),
  ).length;
  const point = texts.filter((text) => /\d\.\d{1,2}\D*$|,\d{3}\./.test(text)).length;
  return comma > point ? ',' : '.';
}
