import { useTranslation } from 'react-i18next';

/**
 * The sentences with which the server refuses rows. They stand in the files that people mend, in English; a page says
 * them in its reader's language. What is not here is shown as it is.
 */
const sentences: readonly [key: string, sentence: RegExp][] = [
  ['flag', /^(?<column>.+) is "(?<value>.*)", where yes or no is expected\.$/s],
  ['json', /^(?<column>.+) is "(?<value>.*)", where JSON is expected\.$/s],
  ['whole', /^(?<column>.+) is "(?<value>.*)", where a whole number is expected\.$/s],
  ['number', /^(?<column>.+) is "(?<value>.*)", where a number is expected\.$/s],
  ['sum', /^(?<column>.+) is empty, and the sum needs it\.$/s],
  ['noTime', /^The time is empty\.$/],
  ['nobody', /^It is not said whose this is: (?<column>.+) is empty\.$/s],
  ['needs', /^The (?<field>\w+) needs (?<column>.+), which is empty\.$/s],
  ['format', /^(?:(?<column>.+): )?"(?<value>.*)" is not a time as (?<format>.+) says\.$/s],
  ['unread', /^(?:(?<column>.+): )?"(?<value>.*)" is not a time that can be read/s],
  ['early', /^(?:(?<column>.+): )?"(?<value>.*)" lies before 1980\./s],
  ['late', /^(?:(?<column>.+): )?"(?<value>.*)" \(in .+\) lies in the future\./s],
  ['cells', /^The line has (?<found>\d+) cells? where (?<expected>\d+) are expected\./],
  ['together', /^It belongs together with line (?<line>\d+), which cannot be taken\.$/],
  ['noKey', /^There is nothing in (?<column>.+), by which rows are put together\.$/s],
  ['afterQuote', /^After a closing quote/],
  ['openQuote', /^A quote is opened and never closed\./],
  ['large', /^It belongs together with so many rows/],
  ['noRecord', /^no record of the mapping is meant for it$/],
];

/** Which sentence it is, and what is filled in; null for one that is not known here. */
export function readReason(reason: string): { key: string; values: Record<string, string> } | null {
  for (const [key, sentence] of sentences) {
    const found = sentence.exec(reason);
    if (!found) continue;
    const values = Object.entries(found.groups ?? {}).map(([name, value = '']) => [name, value] as const);
    return { key, values: Object.fromEntries(values) };
  }
  return null;
}

/** Why a row was refused, in the reader's language. */
export function useReason(): (reason: string) => string {
  const { i18n } = useTranslation();
  const say = i18n.t as unknown as (key: string, o: Record<string, string>) => string;
  return (reason) => {
    const read = readReason(reason);
    return read ? say(`reasons.${read.key}`, { ...read.values, ns: 'imports' }) : reason;
  };
}
