import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Progress } from '../kit/progress.tsx';
import { ErrorState, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { useSegments } from './segment-rule.tsx';

const tones = { filling: 'info', live: 'good', faulty: 'wrong', archived: 'plain' } as const;

export function StateTag({ state }: { state: Segment['state'] }) {
  const { t } = useTranslation('segments');
  return <Tag tone={tones[state]}>{t(`one.state.${state}`)}</Tag>;
}

/** What is to be said of a segment that is not simply live. */
export function StateNote({ segment, onRestore }: { segment: Segment; onRestore?: () => void }) {
  const { t } = useTranslation('segments');
  if (segment.state === 'faulty')
    return (
      <div role="alert" className="mb-6 rounded-md bg-wrong-wash px-4 py-3">
        <p className="font-semibold text-wrong">{t('one.faultyTitle')}</p>
        <p className="max-w-[68ch] [overflow-wrap:anywhere]">
          {t('one.faultyNote', { error: segment.error ?? '' })}
        </p>
      </div>
    );
  if (segment.state === 'archived')
    return (
      <div className="mb-6 flex flex-wrap items-center justify-between gap-3 rounded-md bg-sunken px-4 py-3">
        <p>{t('one.archivedNote')}</p>
        {onRestore && <Button onClick={onRestore}>{t('one.restore')}</Button>}
      </div>
    );
  if (segment.state === 'filling')
    return (
      <div role="status" className="mb-6 grid max-w-xl gap-2">
        <p className="text-quiet">{t(segment.size === null ? 'one.fillingNote' : 'one.refillingNote')}</p>
        <Progress label={t('one.progress')} done={segment.progress} />
      </div>
    );
  return null;
}

/** How far evaluation is behind, and when live was last held against afresh. */
export function Trust({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segments');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const { data: all } = useSegments();
  const prove = useMutation({
    mutationFn: () => api.send<{ proof: Segment['proof'] }>('POST', `/api/segments/${segment.id}/proof`, {}),
    onSuccess: ({ proof }) =>
      cache.setQueryData<Segment>([slug, 'segment', segment.id], (now) => now && { ...now, proof }),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const { proof } = segment;
  const people = proof ? t('one.people', { count: proof.people, people: format.exact(proof.people) }) : '';
  const lag = all?.lag_ms ?? 0;
  return (
    <dl className="grid gap-4">
      <div>
        <dt className="text-s text-quiet">{t('one.lag')}</dt>
        <dd>
          {lag < 1000
            ? t('one.lagNone')
            : t('one.lagSome', { seconds: format.exact(Math.round(lag / 1000)) })}
        </dd>
        {all?.error && (
          <dd>
            <ErrorState error={new Error(all.error)} />
          </dd>
        )}
      </div>
      <div>
        <dt className="text-s text-quiet">{t('one.proof')}</dt>
        <dd className={proof && proof.different > 0 ? 'text-wrong' : ''}>
          {!proof
            ? t('one.proofNever')
            : proof.different > 0
              ? t('one.proofBad', { count: proof.different, ago: format.ago(proof.at), people })
              : t('one.proofGood', { ago: format.ago(proof.at), people })}
        </dd>
        {proof && (
          <dd className="text-s text-quiet">
            {t('one.proofTook', {
              position: format.exact(proof.position),
              seconds: format.exact(Math.round(proof.seconds * 100) / 100),
            })}
          </dd>
        )}
        <dd className="mt-1 text-s text-quiet">{t('one.proofNote')}</dd>
        {segment.size !== null && segment.state !== 'archived' && (
          <dd className="mt-2">
            <Button icon={ShieldCheck} busy={prove.isPending} onClick={() => prove.mutate()}>
              {t('one.prove')}
            </Button>
          </dd>
        )}
      </div>
    </dl>
  );
}
