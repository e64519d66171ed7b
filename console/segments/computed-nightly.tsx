import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Computed } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Progress } from '../kit/progress.tsx';
import { useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { isBusy } from './computed.ts';
import { UsedBy } from './computed-used.tsx';

type Snapshot = Computed['snapshots'][number];

/** What is made of everybody together: when it was made, of how many, and a way to make it anew now. */
export function Nightly(props: { snapshots: readonly Snapshot[]; mayWrite: boolean }) {
  return (
    <ul className="grid gap-8">
      {props.snapshots.map((one) => (
        <One key={one.name} snapshot={one} mayWrite={props.mayWrite} />
      ))}
    </ul>
  );
}

function One({ snapshot, mayWrite }: { snapshot: Snapshot; mayWrite: boolean }) {
  const { t, i18n } = useTranslation('segments');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const wordsOr = useWordsOr('segments');
  const language = i18n.language.startsWith('zh') ? 'zh' : 'en';
  const title = wordsOr(`computed.snapshots.${snapshot.name}`, snapshot.name);
  const busy = isBusy(snapshot);
  const refresh = useMutation({
    mutationFn: () => api.send<Computed>('POST', '/api/computed-traits/refresh', { names: [snapshot.name] }),
    onSuccess: (next) => cache.setQueryData([slug, 'computed-traits'], next),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  return (
    <li aria-label={title}>
      <div className="mb-2 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h3 className="font-medium">{title}</h3>
          <p className="text-s text-quiet">
            {snapshot.at === null ? (
              t('computed.notMade')
            ) : (
              <>
                {t('computed.made', { moment: format.moment(snapshot.at), ago: format.ago(snapshot.at) })}{' '}
                {t('computed.people', { count: snapshot.people, people: format.exact(snapshot.people) })}
              </>
            )}
          </p>
          {snapshot.state === 'failed' && (
            <p role="alert" className="text-s text-wrong [overflow-wrap:anywhere]">
              {t('computed.failed', { error: snapshot.error ?? '' })}
            </p>
          )}
        </div>
        {mayWrite && (
          <Button icon={RefreshCw} busy={busy || refresh.isPending} onClick={() => refresh.mutate()}>
            {t('computed.refresh')}
            <span className="sr-only">: {title}</span>
          </Button>
        )}
      </div>
      {busy && (
        <div role="status" className="mb-3 grid max-w-xl gap-1">
          <p className="text-s text-quiet">{t(`computed.state.${snapshot.state as 'waiting'}`)}</p>
          <Progress label={t('computed.progress', { name: title })} done={snapshot.progress} />
        </div>
      )}
      <ul className="divide-y divide-line border-line border-t">
        {snapshot.values.map((value) => (
          <li key={value.name} className="grid gap-x-4 py-2 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="min-w-0">
              <p>{value.label[language]}</p>
              {value.options.length > 0 && (
                <p className="text-s text-quiet">
                  {value.options.map((one) => one.label[language]).join(t('one.say.comma'))}
                </p>
              )}
            </div>
            {value.used_by.length > 0 && <UsedBy segments={value.used_by} />}
          </li>
        ))}
      </ul>
    </li>
  );
}
