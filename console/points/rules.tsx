import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pause, Play, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { useRuleSentence } from './rule-words.ts';
import { type Programme, pointsKey, type Rule } from './use-points.ts';

/** The rules of a programme as sentences, with what they paid. */
export function Rules({ programme }: { programme: Programme }) {
  const { t } = useTranslation('points');
  const { api, slug, may } = useSession();
  const rules = useQuery({
    queryKey: [...pointsKey(slug), 'rules', programme.id],
    queryFn: ({ signal }) =>
      api.get<{ items: Rule[] }>('/api/rewards/rules', { programme: programme.id }, signal),
    refetchInterval: 5_000,
  });
  return (
    <Section
      title={t('rules.title')}
      note={t('rules.note')}
      actions={
        may('rewards:write') && (
          <Link to="/points/rules/new" search={{ programme: programme.id }} className={buttonClass('plain')}>
            <Plus size={16} aria-hidden="true" />
            {t('rules.new')}
          </Link>
        )
      }
    >
      {rules.error && <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isPending && !rules.error && <Skeleton lines={4} />}
      {rules.data?.items.length === 0 && <p className="text-quiet">{t('rules.empty')}</p>}
      <ul className="divide-y divide-line">
        {rules.data?.items.map((rule) => (
          <Line key={rule.id} rule={rule} />
        ))}
      </ul>
    </Section>
  );
}

function Line({ rule }: { rule: Rule }) {
  const { t } = useTranslation('points');
  const { api, slug, may } = useSession();
  const format = useFormat();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const sentence = useRuleSentence();
  const isPaused = rule.paused_at !== null;
  const pause = useMutation({
    mutationFn: (paused: boolean) => api.send('PATCH', `/api/rewards/rules/${rule.id}`, { paused }),
    onSuccess: () => cache.invalidateQueries({ queryKey: pointsKey(slug) }),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const { points, people, held, waiting, refused } = rule.figures;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 grow basis-80">
        <div className="flex flex-wrap items-center gap-2">
          <Link to="/points/rules/$id" params={{ id: rule.id }} className="font-medium hover:underline">
            {rule.name}
          </Link>
          <Tag tone={isPaused ? 'plain' : 'good'}>{t(isPaused ? 'rules.paused' : 'rules.pays')}</Tag>
          <span className="text-s text-quiet">{t('rules.version', { version: rule.version })}</span>
        </div>
        <p className="max-w-[68ch] text-s text-quiet">{sentence(rule.rule)}</p>
        {rule.problem && (
          <p role="alert" className="text-s text-wrong">
            {t('rules.problem', { count: waiting + refused, problem: rule.problem })}
          </p>
        )}
      </div>
      <div className="flex items-center gap-4">
        <p className="tabular-nums sm:text-right">
          <span className="font-semibold" title={format.exact(points)}>
            {t('rules.points', { count: points, points: format.compact(points) })}
          </span>
          <br />
          <span className="text-s text-quiet">
            {t('rules.people', { count: people })}
            {held > 0 && ` · ${t('rules.held', { points: format.compact(held) })}`}
          </span>
        </p>
        {may('rewards:write') && (
          <Button
            look="quiet"
            icon={isPaused ? Play : Pause}
            busy={pause.isPending}
            onClick={() => pause.mutate(!isPaused)}
          >
            {t(isPaused ? 'rules.resume' : 'rules.pause')}
          </Button>
        )}
      </div>
    </li>
  );
}
