import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { CircleStop, FileUp, House, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Import } from '../api/types.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { Page, Section } from '../kit/page.tsx';
import { Progress } from '../kit/progress.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { useReason } from './reasons.ts';
import { Rejects } from './rejects.tsx';
import { isUnderWay, StateTag, secondsLeft, useSpan } from './state.tsx';

/** One import: how far it is, what came of it, what could not be taken, and what to do now. */
export default function OneImport() {
  const { t } = useTranslation('imports');
  const { id } = useParams({ from: '/inside/imports/$id' });
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const one = useQuery({
    queryKey: [slug, 'imports', 'one', id],
    queryFn: ({ signal }) => api.get<Import>(`/api/imports/${id}`, {}, signal),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? 500 : false),
  });
  if (!one.data) {
    return (
      <Page title={t('one.title')}>
        {one.error ? (
          <ErrorState error={one.error} onRetry={() => void one.refetch()} />
        ) : (
          <Skeleton lines={6} />
        )}
      </Page>
    );
  }
  const found = one.data;
  const going = isUnderWay(found);
  return (
    <Page
      title={found.name}
      answer={<Answer of={found} />}
      actions={
        going
          ? may('imports:write') && <Cancel of={found} />
          : may('imports:write') && (
              <Link to="/imports/new" className={buttonClass('plain')}>
                <FileUp size={16} aria-hidden="true" />
                {t('one.another')}
              </Link>
            )
      }
    >
      <p className="-mt-3 mb-6 flex flex-wrap items-center gap-x-3 gap-y-1 text-s text-quiet">
        <StateTag of={found} />
        <span className="break-all">{found.file}</span>
        <span>{found.created_by_name ?? t('list.program')}</span>
        <time dateTime={found.created_at}>{format.moment(found.created_at)}</time>
        <Link to="/imports" className="link">
          {t('one.all')}
        </Link>
      </p>
      {going && <Going of={found} />}
      {!going && found.error && (
        <div role="alert" className="mb-6 rounded-md bg-wrong-wash px-4 py-3">
          <p className="font-semibold text-wrong">{t('one.failedWhy')}</p>
          <p className="max-w-[68ch]">{found.error}</p>
        </div>
      )}
      <Figures of={found} />
      {!going && found.state === 'done' && <Next of={found} />}
      {found.rejected > 0 && may('imports:write') && <Rejects of={found} />}
      <Section
        title={t('one.mapping')}
        note={found.preset ? t('one.preset', { preset: found.preset }) : undefined}
      >
        <details>
          <summary className="link cursor-pointer">{t('one.mappingShow')}</summary>
          <div className="mt-3">
            <Code text={found.mapping} label={t('one.mapping')} />
          </div>
        </details>
      </Section>
    </Page>
  );
}

/** How it stands, in a sentence. */
function Answer({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const span = useSpan();
  const figures = {
    rows: format.exact(of.rows),
    events: format.exact(of.events),
    accepted: format.exact(of.accepted),
    span: span(of.seconds ?? 0),
  };
  if (of.state === 'waiting') return t('answer.waiting');
  if (of.state === 'running') return t('answer.running');
  if (of.state === 'failed') return t('answer.failed', figures);
  if (of.state === 'cancelled') return t('answer.cancelled', figures);
  if (of.dry_run) return t('answer.tried', figures);
  if (of.accepted === 0 && of.duplicates > 0)
    return t('answer.known', { events: format.exact(of.duplicates) });
  if (of.events === 0) return t('answer.nothing', figures);
  return t(of.rejected > 0 ? 'answer.doneWithRejects' : 'answer.done', {
    ...figures,
    rejected: format.exact(of.rejected),
  });
}

function Going({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const span = useSpan();
  const left = secondsLeft(of);
  return (
    <div className="mb-8 grid max-w-3xl gap-2">
      <Progress
        label={t('progressOf', { name: of.name })}
        done={of.state === 'waiting' ? null : of.progress}
      />
      <p className="flex flex-wrap justify-between gap-x-6 text-quiet">
        <span>
          {t('one.soFar', {
            percent: format.percent(Math.floor(of.progress * 100) / 100),
            rows: format.exact(of.rows),
          })}
          {of.rows_per_s ? ` · ${t('one.rate', { rate: format.exact(of.rows_per_s) })}` : ''}
        </span>
        {left !== null && <span>{t('one.left', { span: span(left) })}</span>}
      </p>
      <p className="text-s text-quiet">{t('one.leave')}</p>
    </div>
  );
}

function Cancel({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  const { t: kit } = useTranslation('kit');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const [isAsking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => api.send<Import>('POST', `/api/imports/${of.id}/cancel`),
    onSuccess: (now) => {
      setAsking(false);
      cache.setQueryData([slug, 'imports', 'one', of.id], now);
      void cache.invalidateQueries({ queryKey: [slug, 'imports'] });
    },
    onError: (error) => {
      setAsking(false);
      tell(problem(error), { tone: 'wrong' });
    },
  });
  return (
    <>
      <Button icon={CircleStop} onClick={() => setAsking(true)}>
        {t('one.cancel')}
      </Button>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t('one.cancelTitle')}
        note={t('one.cancelNote')}
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>{kit('cancel')}</Button>
          <Button look="danger" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('one.cancel')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** All that is counted, each with what it means. */
function Figures({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const wordsOr = useWordsOr('events');
  const reasonOf = useReason();
  const main = of.dry_run
    ? (['rows', 'events', 'rejected', 'skipped'] as const)
    : ([
        'rows',
        'events',
        'accepted',
        'duplicates',
        'rejected',
        'skipped',
        'quarantined',
        'withheld',
      ] as const);
  const always = ['rows', 'events', 'accepted', 'rejected'];
  const shown = main.filter((name) => always.includes(name) || of[name] > 0);
  const byEvent = Object.entries(of.by_event).sort((a, b) => b[1] - a[1]);
  const skips = Object.entries(of.skips).sort((a, b) => b[1] - a[1]);
  return (
    <Section title={t(isUnderWay(of) ? 'figures.soFar' : 'figures.title')}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-4">
        {shown.map((name) => (
          <div key={name}>
            <dt className="text-s text-quiet">{t(`figures.${name}`)}</dt>
            <dd
              className={`text-xl font-semibold ${name === 'rejected' && of.rejected > 0 ? 'text-wrong' : ''}`}
            >
              {format.exact(of[name])}
            </dd>
            <dd className="text-s text-quiet">{t(`figures.${name}Note`)}</dd>
          </div>
        ))}
      </dl>
      {byEvent.length > 0 && (
        <ul className="mt-6 flex flex-wrap gap-x-6 gap-y-1">
          {byEvent.slice(0, 12).map(([name, count]) => (
            <li key={name}>
              <span className="font-semibold tabular-nums">{format.exact(count)}</span>{' '}
              {wordsOr(`names.${name}`, wordsOr(`types.${name}`, name))}
            </li>
          ))}
        </ul>
      )}
      {skips.length > 0 && (
        <p className="mt-3 max-w-[68ch] text-s text-quiet">
          {t('figures.skips', {
            list: skips.map(([reason, count]) => `${reasonOf(reason)} (${format.exact(count)})`).join(', '),
          })}
        </p>
      )}
      {of.notes.map((note) => (
        <p key={note} className="mt-3 max-w-[68ch] text-gold-ink">
          {note}
        </p>
      ))}
    </Section>
  );
}

/** What one comes for after an import: the people, the figures; after a try, the real thing. */
function Next({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  const { may } = useSession();
  return (
    <Section title={t('next.title')} note={t(of.dry_run ? 'next.triedNote' : 'next.note')}>
      <div className="flex flex-wrap gap-2">
        {of.dry_run && (
          <Link to="/imports/new" className={buttonClass('main')}>
            <FileUp size={16} aria-hidden="true" />
            {t('next.again')}
          </Link>
        )}
        {!of.dry_run && may('people:read') && (
          <Link to="/people" className={buttonClass('main')}>
            <UserRound size={16} aria-hidden="true" />
            {t('next.people')}
          </Link>
        )}
        {!of.dry_run && may('events:read') && (
          <Link to="/" className={buttonClass('plain')}>
            <House size={16} aria-hidden="true" />
            {t('next.home')}
          </Link>
        )}
      </div>
    </Section>
  );
}
