import pg from 'pg';

const INT8 = 20;
const DATE = 1082;
const INT8_ARRAY = 1016;
const DATE_ARRAY = 1182;

const TEXT_ARRAY = 1009;

const textArray = pg.types.getTypeParser(TEXT_ARRAY as number, 'text') as (text: string) => (string | null)[];

/**
 * How columns arrive: int8 as a number, date as the text `YYYY-MM-DD` (a day has no time zone), timestamptz as a Date,
 * numeric as text, json and jsonb parsed.
 */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === INT8) return toNumber;
      if (oid === DATE) return asItIs;
      if (oid === INT8_ARRAY)
        return (text: string) => textArray(text).map((t) => (t === null ? null : toNumber(t)));
      if (oid === DATE_ARRAY) return textArray;
    }
    return pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

function asItIs(text: string): string {
  return text;
}

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(
      `${text} is beyond what a JavaScript number holds; cast the column to text in the query.`,
    );
  }
  return number;
}
