import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, FunctionSquare, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import type { Computed } from '../api/types.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Page, Section } from '../kit/page.tsx';
import { EmptyState, ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { useComputed } from './computed.ts';
import { ComputedForm, pathOf } from './computed-form.tsx';
import { Nightly } from './computed-nightly.tsx';
import { UsedBy } from './computed-used.tsx';
import { useComputedWords } from './computed-words.ts';

type Trait = Computed['items'][number];

/** What is worked out about each person, where it is asked for, and how old what is made at night is. */
export default function ComputedTraits() {
  const { t } = useTranslation('segments');
  const { may } = useSession();
  const list = useComputed();
  const [isNew, setNew] = useState(false);
  const mayWrite = may('segments:write');
  const items = list.data?.items ?? [];
  const create = mayWrite && !isNew && (
    <Button look="main" icon={Plus} onClick={() => setNew(true)}>
      {t('computed.new')}
    </Button>
  );
  return (
    <>
      <div className="mx-auto w-full max-w-6xl px-4 pt-5 md:px-8">
        <Link to="/segments" className="inline-flex items-center gap-1.5 text-s text-quiet hover:text-ink">
          <ArrowLeft size={14} aria-hidden="true" />
          {t('one.back')}
        </Link>
      </div>
      <Page title={t('computed.title')} answer={t('computed.answer')} actions={items.length > 0 && create}>
        {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Skeleton lines={8} />}
        {list.data && (
          <>
            <Section title={t('computed.own')}>
              {isNew && (
                <div className="mb-6">
                  <ComputedForm onClose={() => setNew(false)} />
                </div>
              )}
              {items.length === 0 && !isNew && (
                <EmptyState
                  icon={FunctionSquare}
                  title={t('computed.empty')}
                  why={t(mayWrite ? 'computed.emptyWhy' : 'computed.emptyNoRight')}
                  action={create}
                />
              )}
              <ul aria-label={t('computed.own')} className="divide-y divide-line">
                {items.map((trait) => (
                  <Definition key={trait.name} trait={trait} mayWrite={mayWrite} />
                ))}
              </ul>
            </Section>
            <Section title={t('computed.nightly')} note={t('computed.nightlyNote')}>
              <Nightly snapshots={list.data.snapshots} mayWrite={mayWrite} />
            </Section>
          </>
        )}
      </Page>
    </>
  );
}

/** One of them: its name, what it is in words, which segments ask for it. */
function Definition({ trait, mayWrite }: { trait: Trait; mayWrite: boolean }) {
  const { t } = useTranslation('segments');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const wordsOf = useComputedWords();
  const [isEdited, setEdited] = useState(false);
  const { name, definition, used_by: usedBy } = trait;
  const restore = useMutation({
    mutationFn: () => api.send<Computed>('POST', '/api/computed-traits', { name, definition }),
    onSuccess: (next) => cache.setQueryData([slug, 'computed-traits'], next),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const remove = useMutation({
    mutationFn: () => api.send('DELETE', pathOf(name)),
    onSuccess: () => {
      tell(t('computed.removed', { name }), { undo: () => restore.mutate() });
      return cache.invalidateQueries({ queryKey: [slug, 'computed-traits'] });
    },
    // Somebody may have asked for it a moment ago.
    onError: () => cache.invalidateQueries({ queryKey: [slug, 'computed-traits'] }),
  });
  const isUsed = remove.error instanceof Problem && remove.error.type === 'segments/in-use';
  if (isEdited) {
    return (
      <li className="py-3">
        <h3 className="mb-2 font-medium">{name}</h3>
        <ComputedForm trait={trait} onClose={() => setEdited(false)} />
      </li>
    );
  }
  return (
    <li aria-label={name} className="flex items-start justify-between gap-4 py-3">
      <div className="min-w-0">
        <h3 className="font-medium [overflow-wrap:anywhere]">{name}</h3>
        <p className="text-quiet [overflow-wrap:anywhere] first-letter:uppercase">{wordsOf(definition)}</p>
        <UsedBy segments={usedBy} />
        {remove.error && (
          <p role="alert" className="mt-1 text-s text-wrong">
            {isUsed && usedBy.length > 0
              ? t('computed.inUse', { count: usedBy.length })
              : problem(remove.error)}
          </p>
        )}
      </div>
      {mayWrite && (
        <div className="flex shrink-0">
          <IconButton icon={Pencil} label={t('computed.edit', { name })} onClick={() => setEdited(true)} />
          <IconButton
            icon={Trash2}
            label={t('computed.remove', { name })}
            disabled={remove.isPending}
            onClick={() => remove.mutate()}
          />
        </div>
      )}
    </li>
  );
}
