import { useCallback, useEffect, useState } from 'react';
import { toBase64 } from '#platform/tlog';
import { Check } from './check.tsx';
import { type CheckedLog, type LogTrouble, loadLog } from './log.ts';
import { Totals } from './totals.tsx';
import { type Language, useWords, type Words } from './words/use-words.ts';

/** The public page of one programme. */
export function Page({ name }: { name: string }) {
  const { words, language, turn } = useWords();
  const [log, setLog] = useState<CheckedLog | LogTrouble>();
  const load = useCallback(() => {
    setLog(undefined);
    void loadLog(name).then(setLog);
  }, [name]);
  useEffect(load, [load]);
  return (
    <div className="column">
      <header>
        <Mark />
        <span className="title">{words.title}</span>
        <button type="button" className="plain" onClick={turn} lang={language === 'zh' ? 'en' : 'zh-Hans'}>
          {words.language}
        </button>
      </header>
      <main aria-busy={log === undefined}>
        <Inside log={log} name={name} words={words} language={language} again={load} />
      </main>
    </div>
  );
}

function Inside(o: {
  log: CheckedLog | LogTrouble | undefined;
  name: string;
  words: Words;
  language: Language;
  again: () => void;
}) {
  const { log, words, language } = o;
  if (log === undefined) return <p className="quiet">{words.loading}</p>;
  if (typeof log === 'string') {
    return (
      <section role="alert">
        <h1>{words.question}</h1>
        <p className={log === 'unsigned' ? 'wrong' : ''}>{words.trouble[log]}</p>
        {log === 'away' && (
          <button type="button" className="act" onClick={o.again}>
            {words.trouble.again}
          </button>
        )}
      </section>
    );
  }
  return (
    <>
      <Totals log={log} words={words} language={language} />
      <Check log={log} words={words} language={language} />
      <Meaning words={words} />
      <Experts log={log} name={o.name} words={words} language={language} />
    </>
  );
}

function Meaning({ words: { meaning } }: { words: Words }) {
  return (
    <section aria-labelledby="meaning">
      <h2 id="meaning">{meaning.heading}</h2>
      <h3>{meaning.proven}</h3>
      <ul className="proven">
        {meaning.provenItems.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      <h3>{meaning.unproven}</h3>
      <ul>
        {meaning.unprovenItems.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  );
}

function Experts(o: { log: CheckedLog; name: string; words: Words; language: Language }) {
  const { experts } = o.words;
  const { checkpoint, keyText } = o.log;
  const address = `${location.origin}/log/${o.name}`;
  return (
    <section aria-labelledby="experts">
      <h2 id="experts">{experts.heading}</h2>
      <p>{experts.lead}</p>
      <pre>npx pando verify {address}</pre>
      <dl className="small">
        <dt>{experts.size}</dt>
        <dd>{new Intl.NumberFormat(o.language).format(checkpoint.size)}</dd>
        <dt>{experts.root}</dt>
        <dd className="code">{toBase64(checkpoint.root)}</dd>
        <dt>{experts.key}</dt>
        <dd className="code">{keyText}</dd>
        <dt>{experts.checkpoint}</dt>
        <dd>
          <a href={`/log/${o.name}/checkpoint`}>{address}/checkpoint</a>
        </dd>
      </dl>
    </section>
  );
}

/** Trunks over one root, and one golden leaf. */
function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 40 40" className="mark" aria-hidden="true">
      <path d="M9 31V15M16 31V6M24 31V10M31 31V18" />
      <path d="M4 31h32M9 31c2 5 20 5 22 0" />
      <circle cx="16" cy="6" r="2.4" />
    </svg>
  );
}
