import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, Unlink } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { builtInLimits } from '#schema/people';
import { useSession } from '../api/session.tsx';
import type { Page as ListPage, SharedIdentifier } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Input, Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { IdentifierText } from '../people/identifier-text.tsx';
import { useWordsOr } from '../words/words-or.ts';

/** A kiosk, a family's tablet, the phone of a front desk: marked as shared, it joins nobody. */
export function SharedIdentifiers() {
  const { t } = useTranslation('settings');
  const { api, slug, workspace, may } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const wordsOr = useWordsOr('people');
  const format = useFormat(workspace.timeZone);
  const [kind, setKind] = useState('device_id');
  const [typed, setTyped] = useState('');
  const list = useInfiniteQuery({
    queryKey: [slug, 'shared'],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<SharedIdentifier>>('/api/people/shared-identifiers', { cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  const mark = useMutation({
    mutationFn: (wanted: { identifier: string; shared: boolean; isUndo?: boolean }) =>
      api.send('POST', '/api/people/shared-identifiers', {
        identifier: wanted.identifier,
        shared: wanted.shared,
      }),
    onSuccess: async (_answer, { identifier, shared, isUndo }) => {
      if (shared) setTyped('');
      const undo = () => mark.mutate({ identifier, shared: !shared, isUndo: true });
      tell(t(shared ? 'people.nowShared' : 'people.notShared'), isUndo ? {} : { undo });
      await cache.invalidateQueries({ queryKey: [slug, 'shared'] });
    },
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const mayMark = may('people:write');
  return (
    <Section title={t('people.shared')} note={t('people.sharedNote')}>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={2} />}
      {list.data && items.length === 0 && <p className="py-2 text-quiet">{t('people.noneShared')}</p>}
      <ul className="divide-y divide-line">
        {items.map(({ identifier, at, note }) => (
          <li key={identifier} className="flex items-center gap-3 py-2">
            <div className="min-w-0 grow">
              <IdentifierText text={identifier} />
              <div className="text-s text-quiet">
                {t('people.sharedSince', { day: format.day(at) })}
                {note && ` · ${note}`}
              </div>
            </div>
            {mayMark && (
              <Button
                icon={Unlink}
                busy={mark.isPending && mark.variables.identifier === identifier}
                onClick={() => mark.mutate({ identifier, shared: false })}
              >
                {t('people.unshare')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-2" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {mayMark && (
        <form
          className="mt-3 grid items-start gap-3 sm:grid-cols-[180px_1fr_auto]"
          onSubmit={(event) => {
            event.preventDefault();
            mark.mutate({ identifier: `${kind}:${typed.trim()}`, shared: true });
          }}
        >
          <Select
            label={t('people.sharedKind')}
            value={kind}
            choices={Object.keys(builtInLimits)
              .reverse()
              .map((one) => ({ value: one, label: wordsOr(`one.kinds.${one}`, one) }))}
            onChange={(event) => setKind(event.target.value)}
          />
          <Input
            label={t('people.sharedValue')}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            error={mark.error ? problem(mark.error) : undefined}
            onChange={(event) => {
              setTyped(event.target.value);
              mark.reset();
            }}
          />
          <Button
            type="submit"
            icon={Plus}
            className="sm:mt-6"
            disabled={typed.trim() === ''}
            busy={mark.isPending}
          >
            {t('people.markShared')}
          </Button>
        </form>
      )}
    </Section>
  );
}
