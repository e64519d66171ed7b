import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FlaskConical, Upload as UploadIcon, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import type { Guess, Import, Presets } from '../api/types.ts';
import { type Upload, upload } from '../api/upload.ts';
import { Button } from '../kit/button.tsx';
import { Input, TextArea } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { Progress } from '../kit/progress.tsx';
import { ErrorState, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { type Chosen, guessForm } from './chosen.ts';
import { type Loose, readMapping, writeMapping } from './mapping-text.ts';
import { Preview } from './preview.tsx';
import { Reading } from './reading.tsx';
import { RecordsForm } from './records-form.tsx';

const beginning = 'records:\n  - record: track\n    event: Order Completed\n';
const waitForHandMs = 350;

/** What the rows become: as a form or as its text, which are one; beside it what would come of it. */
export function Desk({ chosen, first }: { chosen: Chosen; first: Guess }) {
  const { t } = useTranslation('imports');
  const { api, slug } = useSession();
  const [text, setText] = useState(first.mapping ?? beginning);
  const [as, setAs] = useState<'form' | 'text'>('form');
  const [name, setName] = useState(first.preset ?? nameOf(chosen.file.name));
  const tried = useSettled(text);
  const presets = useQuery({
    queryKey: [slug, 'imports', 'presets'],
    queryFn: ({ signal }) => api.get<Presets>('/api/imports/presets', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const answer = useQuery({
    queryKey: [slug, 'imports', 'guess', chosen.id, tried],
    queryFn: () => api.send<Guess>('POST', '/api/imports/guess', guessForm(chosen.file, tried)),
    ...(tried === first.mapping ? { initialData: first } : {}),
    placeholderData: (last: Guess | undefined) => last,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const mapping = useMemo(() => readMapping(text), [text]);
  const preset = presets.data?.items.find((one) => one.mapping === text)?.name;
  const guess = answer.data ?? first;
  const change = (next: Loose) => setText((now) => writeMapping(now, next));
  const isBehind = tried !== text || answer.isFetching;
  return (
    <div className="grid grid-cols-1 gap-x-12 gap-y-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="min-w-0">
        <Section title={t('desk.what')} note={<Seen guess={first} />}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Input
              label={t('desk.name')}
              hint={t('desk.nameHint')}
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <Reading.Start
              presets={presets.data?.items ?? []}
              preset={preset}
              hasGuess={first.mapping !== null}
              isGuess={text === first.mapping && !preset}
              onChoose={(wanted) =>
                setText(
                  presets.data?.items.find((one) => one.name === wanted)?.mapping ??
                    first.mapping ??
                    beginning,
                )
              }
            />
          </div>
        </Section>
        <Section
          title={t('desk.becomes')}
          note={t(as === 'form' ? 'desk.becomesNote' : 'desk.textNote')}
          actions={
            <fieldset aria-label={t('desk.view')} className="flex gap-1">
              {(['form', 'text'] as const).map((way) => (
                <Button
                  key={way}
                  look={as === way ? 'plain' : 'quiet'}
                  aria-pressed={as === way}
                  onClick={() => setAs(way)}
                >
                  {t(`desk.${way}`)}
                </Button>
              ))}
            </fieldset>
          }
        >
          {as === 'text' && (
            <TextArea
              label={t('desk.yaml')}
              hideLabel
              rows={Math.min(36, Math.max(14, text.split('\n').length + 1))}
              spellCheck={false}
              className="font-mono text-s leading-5"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
          {as === 'form' && mapping && (
            <>
              <Reading mapping={mapping} guess={guess} onChange={change} />
              <RecordsForm mapping={mapping} guess={guess} onChange={change} />
            </>
          )}
          {as === 'form' && !mapping && <p className="text-quiet">{t('desk.unreadable')}</p>}
        </Section>
      </div>
      <div className="min-w-0 xl:sticky xl:top-18 xl:flex xl:max-h-[calc(100dvh-5rem)] xl:flex-col xl:self-start">
        <div className="xl:-mx-2 xl:min-h-0 xl:overflow-y-auto xl:px-2">
          {answer.error ? (
            <Mistakes error={answer.error} onRetry={() => void answer.refetch()} />
          ) : (
            <Preview guess={guess} asks={text === first.mapping ? first.asks : []} isBehind={isBehind} />
          )}
        </div>
        <Send
          file={chosen.file}
          name={name.trim()}
          mapping={text}
          preset={preset}
          isReady={mapping !== null && name.trim() !== '' && !answer.error && !isBehind}
        />
      </div>
    </div>
  );
}

/** What a hand that types has come to. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), waitForHandMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** `orders 2024.csv.gz` is "orders 2024". */
function nameOf(file: string): string {
  return file.replace(/(?:\.(?:csv|tsv|txt|jsonl?|ndjson|gz))+$/i, '').slice(0, 100);
}

function Seen({ guess }: { guess: Guess }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const signs: Record<string, string> = {
    ',': t('sign.comma'),
    ';': t('sign.semicolon'),
    '\t': t('sign.tab'),
    '|': t('sign.bar'),
  };
  const kind =
    { csv: 'CSV', 'json-lines': 'JSON Lines', 'json-array': 'JSON', segment: 'Segment' }[guess.format] ??
    guess.format;
  const parts = [kind, guess.encoding.toUpperCase()];
  if (guess.delimiter) parts.push(t('desk.delimited', { sign: signs[guess.delimiter] ?? guess.delimiter }));
  return t('desk.seen', {
    layout: parts.join(' · '),
    columns: guess.columns.length,
    rows: format.exact(guess.rows_sampled),
  });
}

function Mistakes({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('imports');
  if (!(error instanceof Problem) || error.errors.length === 0)
    return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <div role="alert" className="mb-6 rounded-md bg-wrong-wash px-4 py-3">
      <p className="font-semibold text-wrong">{t('desk.mistakes')}</p>
      <ul className="mt-1 grid gap-1">
        {error.errors.map(({ line, field, message }) => (
          <li key={`${line} ${field} ${message}`}>
            <span className="text-quiet">
              {t('desk.line', { line: line ?? 0 })} {field}
            </span>{' '}
            {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Sending {
  upload: Upload<Import>;
  sent: number;
  total: number;
}

function Send(props: {
  file: File;
  name: string;
  mapping: string;
  preset: string | undefined;
  isReady: boolean;
}) {
  const { t } = useTranslation('imports');
  const { who, slug } = useSession();
  const format = useFormat();
  const navigate = useNavigate();
  const tell = useTell();
  const problem = useProblemText();
  const [sending, setSending] = useState<Sending | null>(null);
  const [error, setError] = useState<unknown>(null);
  const isSending = sending !== null;
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isSending]);

  async function start(isDry: boolean) {
    const form = new FormData();
    form.set('name', props.name);
    if (props.preset) form.set('preset', props.preset);
    else form.set('mapping', props.mapping);
    form.set('dry_run', String(isDry));
    form.set('file', props.file, props.file.name);
    const under = upload<Import>({
      path: '/api/imports',
      form,
      csrf: who.csrf ?? '',
      workspace: slug,
      onProgress: (sent, total) => setSending((now) => now && { ...now, sent, total }),
    });
    setError(null);
    setSending({ upload: under, sent: 0, total: props.file.size });
    const here = location.pathname;
    try {
      const made = await under.done;
      // Whoever went to another page meanwhile is not taken away from it.
      if (location.pathname === here) await navigate({ to: '/imports/$id', params: { id: made.id } });
      else tell(t('desk.arrived', { name: made.name }));
    } catch (failed) {
      if (failed instanceof DOMException) tell(t('desk.calledOff'));
      else if (location.pathname === here) setError(failed);
      else tell(problem(failed), { tone: 'wrong' });
    } finally {
      setSending(null);
    }
  }

  return (
    <div className="border-line border-t py-6">
      {error !== null && <ErrorState error={error} />}
      {sending ? (
        <div className="grid gap-2">
          <p aria-live="polite">
            {sending.sent < sending.total
              ? t('desk.sending', { percent: format.percent(sending.sent / Math.max(1, sending.total)) })
              : t('desk.looking')}
          </p>
          <Progress label={t('desk.sent')} done={sending.sent / Math.max(1, sending.total)} />
          <div className="flex justify-end">
            <Button icon={X} onClick={() => sending.upload.abort()}>
              {t('desk.callOff')}
            </Button>
          </div>
        </div>
      ) : (
        <>
          <div className="flex flex-wrap gap-2">
            <Button look="main" icon={UploadIcon} disabled={!props.isReady} onClick={() => void start(false)}>
              {t('desk.start')}
            </Button>
            <Button icon={FlaskConical} disabled={!props.isReady} onClick={() => void start(true)}>
              {t('desk.try')}
            </Button>
          </div>
          <p className="mt-2 max-w-[60ch] text-s text-quiet">{t('desk.startNote')}</p>
        </>
      )}
    </div>
  );
}
