import Big from 'big.js';

/** Exact decimals in and out of text; no float comes near them. */

const plainShape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$/;
/** Events carry money with at most so many places. */
const places = 6;
const longestText = 40;

/** Which sign stands before the fraction; the other one may group thousands. */
export type DecimalSign = '.' | ',';

/**
 * Reads `1,234.50`, `1.234,50` (with the sign `,`), `£12`, `(3.00)` for minus three, `1e-3`. Null where it is no number.
 */
export function parseDecimal(text: string, sign: DecimalSign): Big | null {
  const plain =
    plainShape.test(text) && (sign === '.' || !text.includes('.')) ? text : withoutOrnament(text, sign);
  if (plain === null || plain.length > longestText) return null;
  try {
    return new Big(plain.replace(/^\+/, ''));
  } catch {
    return null;
  }
}

function withoutOrnament(text: string, sign: DecimalSign): string | null {
  let bare = text.replace(/[\p{Sc}\s\u00a0\u202f]/gu, '');
  const negative = /^\((.*)\)$/.exec(bare);
  if (negative) bare = `-${negative[1] ?? ''}`;
  // Some exports write the sign behind, or the long minus.
  bare = bare.replace(/^\u2212/, '-').replace(/^([^-].*)-$/, '-$1');
  const other = sign === '.' ? ',' : '.';
  if (bare.includes(other)) {
    const [whole = '', fraction] = bare.split(sign);
    if (!/^[+-]?\d{1,3}(?:[.,']\d{2,3})+$/.test(whole)) return null;
    bare = fraction === undefined ? whole : `${whole}${sign}${fraction}`;
    bare = bare.replaceAll(other, '');
  }
  bare = bare.replaceAll("'", '');
  if (sign === ',') bare = bare.replace(',', '.');
  return plainShape.test(bare) ? bare : null;
}

/** As events carry it: at most six places (half away from zero beyond them), no superfluous zeros. */
export function decimalText(value: Big): string {
  const text = value.round(places, Big.roundHalfUp).toFixed();
  return text === '-0' ? '0' : text;
}

/** `value / divisor` with six places, half away from zero; null where the divisor is zero. */
export function divide(value: Big, divisor: Big): Big | null {
  if (divisor.eq(0)) return null;
  const exact = value.times(10 ** places).div(divisor);
  return exact.round(0, Big.roundHalfUp).div(10 ** places);
}
