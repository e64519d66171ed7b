import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react';
import { type CheckedReceipt, readUtf8 } from '#platform/tlog';
import { type CheckedLog, checkIt, receiptOfLink } from './log.ts';
import type { Language, Words } from './words/use-words.ts';

type Outcome = CheckedReceipt | 'busy' | 'empty' | 'away';
const mostBytes = 64 * 1024;

/** Takes a receipt from a link, a file or the clipboard, and says whether it is good. */
export function Check({ log, words, language }: { log: CheckedLog; words: Words; language: Language }) {
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const [isOver, setIsOver] = useState(false);
  const file = useRef<HTMLInputElement>(null);

  const check = useCallback(
    async (receipt: string) => {
      if (receipt.trim() === '') {
        setOutcome('empty');
        return;
      }
      setOutcome('busy');
      setOutcome(await checkIt(log, receipt));
    },
    [log],
  );

  // A link or a QR brings its receipt along behind the #, which browsers keep to themselves.
  useEffect(() => {
    const look = () => {
      const receipt = receiptOfLink(location.hash);
      if (receipt !== undefined) void check(receipt === '' ? '?' : receipt);
    };
    look();
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, [check]);

  async function takeFile(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    const content = chosen.size > mostBytes ? '?' : await chosen.text();
    setText(content);
    await check(content);
  }

  function drop(event: DragEvent): void {
    event.preventDefault();
    setIsOver(false);
    void takeFile(event.dataTransfer.files[0]);
  }

  return (
    <section aria-labelledby="check" id="receipt">
      <h2 id="check">{words.check.heading}</h2>
      <p>{words.check.lead}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void check(text);
        }}
      >
        <label htmlFor="text">{words.check.label}</label>
        <textarea
          id="text"
          rows={5}
          spellCheck={false}
          autoComplete="off"
          className={isOver ? 'over' : ''}
          placeholder={words.check.placeholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
        />
        <div className="buttons">
          <button type="submit" className="act" disabled={outcome === 'busy'}>
            {outcome === 'busy' ? words.check.busy : words.check.button}
          </button>
          <button type="button" className="plain" onClick={() => file.current?.click()}>
            {words.check.file}
          </button>
          <input
            ref={file}
            type="file"
            hidden
            tabIndex={-1}
            aria-label={words.check.file}
            onChange={(event) => void takeFile(event.target.files?.[0])}
          />
        </div>
      </form>
      <div role="status">
        <Told outcome={outcome} words={words} language={language} />
      </div>
    </section>
  );
}

function Told({
  outcome,
  words,
  language,
}: {
  outcome: Outcome | undefined;
  words: Words;
  language: Language;
}) {
  if (outcome === undefined || outcome === 'busy') return null;
  if (typeof outcome === 'string') return <p className="told">{words.check[outcome]}</p>;
  if (outcome.fault) {
    return (
      <div className="told bad">
        <h3>{words.check.bad}</h3>
        <p>{words.fault[outcome.fault]}</p>
      </div>
    );
  }
  const number = new Intl.NumberFormat(language);
  const size = outcome.now?.size ?? outcome.checkpoint?.size ?? 0;
  return (
    <div className="told good">
      <h3>{words.check.good}</h3>
      <View outcome={outcome} words={words} language={language} />
      <p>{words.check.goodWhy(number.format(outcome.index ?? 0), number.format(size))}</p>
    </div>
  );
}

/** What a good receipt says: what has a name of ours by that, the rest as it stands. */
function View({ outcome, words, language }: { outcome: CheckedReceipt; words: Words; language: Language }) {
  const { opening } = outcome;
  if (!opening) return null;
  const told = Object.entries(JSON.parse(readUtf8(opening.view) ?? '{}') as Record<string, unknown>);
  const kind = (words.kinds as Record<number, string>)[opening.kind] ?? String(opening.kind);
  const isShown = ([name, value]: [string, unknown]) =>
    name in words.view && name !== 'kind' && typeof value !== 'object';
  return (
    <dl className="view" aria-label={words.check.says}>
      <dt>{words.view.kind}</dt>
      <dd>{kind}</dd>
      {told.filter(isShown).map(([name, value]) => (
        <div key={name}>
          <dt>{words.view[name as keyof Words['view']]}</dt>
          <dd>{shownValue(name, String(value), words, language)}</dd>
        </div>
      ))}
    </dl>
  );
}

function shownValue(name: string, value: string, words: Words, language: Language): string {
  if (name === 'at' && !Number.isNaN(Date.parse(value)))
    return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(
      new Date(value),
    );
  if (['amount', 'points', 'after'].includes(name) && /^-?\d{1,30}$/.test(value))
    return new Intl.NumberFormat(language).format(BigInt(value));
  return (words.values as Record<string, string>)[value] ?? value;
}
