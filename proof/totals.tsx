import type { LoggedTotals } from '#platform/tlog';
import type { CheckedLog } from './log.ts';
import type { Language, Words } from './words/use-words.ts';

/** What is promised, what stands behind it, and the answer in one sentence. */
export function Totals({ log, words, language }: { log: CheckedLog; words: Words; language: Language }) {
  const { totals } = log;
  const number = new Intl.NumberFormat(language);
  if (!totals || totals === 'broken') {
    return (
      <section>
        <h1>{words.question}</h1>
        <p className={totals ? 'answer wrong' : 'answer'}>{totals ? words.broken : words.noTotals}</p>
      </section>
    );
  }
  const { said, faults } = totals;
  const [outstanding, backed] = [number.format(said.outstanding), number.format(said.backed)];
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(
    new Date(said.at),
  );
  const isShort = faults.includes('cover');
  const isWrong = faults.some((fault) => fault !== 'cover');
  return (
    <section aria-labelledby="answer">
      <p className="programme">{said.programme}</p>
      <h1 id="answer">{words.question}</h1>
      <p className={isShort || isWrong ? 'answer wrong' : 'answer'}>
        {isWrong ? words.wrongBooks : (isShort ? words.short : words.covered)(outstanding, backed)}
      </p>
      <Cover said={said} words={words} language={language} isShort={isShort} />
      <p className="quiet">{words.asOf(when)}</p>
      <h2>{words.totals.heading}</h2>
      <Figures said={said} words={words} language={language} />
    </section>
  );
}

/** How much of what the reserve covers is promised. */
function Cover(o: { said: LoggedTotals; words: Words; language: Language; isShort: boolean }) {
  const { outstanding, backed } = o.said;
  if (backed === 0n) return null;
  const share = Number((outstanding * 10_000n) / backed) / 10_000;
  const text = o.words.bar(
    new Intl.NumberFormat(o.language, { style: 'percent', maximumFractionDigits: 1 }).format(share),
  );
  return (
    <figure>
      <svg viewBox="0 0 400 14" preserveAspectRatio="none" role="img" aria-label={text} className="cover">
        <rect width="400" height="14" className="backed" />
        <rect width={Math.min(share, 1) * 400} height="14" className={o.isShort ? 'too-much' : 'promised'} />
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  );
}

function Figures({ said, words, language }: { said: LoggedTotals; words: Words; language: Language }) {
  const number = new Intl.NumberFormat(language);
  const names = [
    'outstanding',
    'held',
    'backed',
    'reserve',
    'ratio',
    'issued',
    'spent',
    'expired',
    'takenBack',
    'owed',
  ] as const;
  const shownValue = (name: (typeof names)[number]) => {
    if (name === 'reserve') return moneyOf(said.reserve, language);
    return name === 'ratio' ? words.ratioOf(number.format(said.ratio)) : number.format(said[name]);
  };
  // What there is none of would only ask for an explanation.
  const shown = names.filter((name) => name !== 'owed' || said.owed > 0n);
  return (
    <dl className="figures">
      {shown.map((name) => {
        const [label, why] = words.totals[name];
        return (
          <div key={name} className={name}>
            <dt>
              {label}
              {why && <small>{why}</small>}
            </dt>
            <dd>{shownValue(name)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** What is told in minor units of a currency, as money; other units as they are told. */
function moneyOf({ amount, unit }: LoggedTotals['reserve'], language: Language): string {
  const currency = /^minor unit of ([A-Z]{3})$/.exec(unit)?.[1];
  if (!currency) return `${new Intl.NumberFormat(language).format(amount)} ${unit}`;
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const places = format.resolvedOptions().maximumFractionDigits ?? 2;
  const scale = 10n ** BigInt(places);
  const digits = `${amount / scale}${places > 0 ? `.${String(amount % scale).padStart(places, '0')}` : ''}`;
  return format.format(digits as Intl.StringNumericLiteral);
}
