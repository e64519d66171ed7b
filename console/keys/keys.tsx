import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Ban, KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PERMISSIONS } from '#schema/identity';
import { useSession } from '../api/session.tsx';
import type { Key, Keys as KeysPage } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { TypeToConfirm } from '../kit/confirm.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { useActorName } from '../team/use-team.ts';
import { CreateKey } from './create.tsx';
import { scopeWord } from './scope-word.ts';

/** Secret keys: what programs of the brand open its doors with. */
export default function Keys() {
  const { t } = useTranslation('keys');
  const { api, slug, may } = useSession();
  const [isCreating, setCreating] = useState(false);
  const list = useInfiniteQuery({
    queryKey: [slug, 'keys'],
    queryFn: ({ pageParam, signal }) => api.get<KeysPage>('/api/keys', { cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor,
  });
  const keys = list.data?.pages.flatMap((page) => page.items) ?? [];
  const good = keys.filter((key) => key.revokedAt === null).length;
  const createButton = may('keys:write') && (
    <Button look="main" icon={Plus} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      answer={list.data && (good === 0 ? t('answer_zero') : t('answer', { count: good }))}
      actions={keys.length > 0 && createButton}
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <Skeleton lines={4} />}
      {list.data && keys.length === 0 && (
        <EmptyState icon={KeyRound} title={t('empty')} why={t('emptyWhy')} action={createButton} />
      )}
      <ul className="divide-y divide-line">
        {keys.map((key) => (
          <KeyLine key={key.id} data={key} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {isCreating && <CreateKey onClose={() => setCreating(false)} />}
    </Page>
  );
}

function KeyLine({ data: key }: { data: Key }) {
  const { t } = useTranslation('keys');
  const { api, slug, workspace, may } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const actorName = useActorName();
  const format = useFormat(workspace.timeZone);
  const [isAsking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.send('DELETE', `/api/keys/${key.id}`),
    onSuccess: () => {
      setAsking(false);
      tell(t('revokedNow', { name: key.name }));
      return cache.invalidateQueries({ queryKey: [slug, 'keys'] });
    },
  });
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 grow basis-64">
        <p className="flex flex-wrap items-center gap-2">
          <span className={key.revokedAt ? 'text-quiet line-through' : 'font-medium'}>{key.name}</span>
          <code className="rounded-md bg-sunken px-1.5 text-s text-quiet">…{key.hint}</code>
          {key.revokedAt && <Tag tone="wrong">{t('revoked')}</Tag>}
        </p>
        <p className="mt-0.5 text-s text-quiet">
          <Scopes scopes={key.scopes} />
        </p>
        <p className="text-s text-quiet">
          {t('madeBy', { name: actorName(key.createdBy), day: format.day(key.createdAt) })}
          {' · '}
          {key.revokedAt
            ? t('revokedOn', { day: format.day(key.revokedAt) })
            : key.lastUsedAt
              ? t('used', { ago: format.ago(key.lastUsedAt) })
              : t('neverUsed')}
        </p>
      </div>
      {may('keys:write') && !key.revokedAt && (
        <Button icon={Ban} onClick={() => setAsking(true)}>
          {t('revoke')}
        </Button>
      )}
      {isAsking && (
        <TypeToConfirm
          title={t('revokeTitle', { name: key.name })}
          note={t('revokeNote')}
          name={key.name}
          verb={t('revoke')}
          icon={Ban}
          busy={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate()}
          onClose={() => {
            setAsking(false);
            revoke.reset();
          }}
        />
      )}
    </li>
  );
}

/** All of it in a word where it is all; else one after the other. */
function Scopes({ scopes }: { scopes: Key['scopes'] }) {
  const { t } = useTranslation('keys');
  if (PERMISSIONS.every((permission) => scopes.includes(permission))) return t('everything');
  const isReading = PERMISSIONS.filter((one) => one.endsWith(':read'));
  if (scopes.length === isReading.length && isReading.every((one) => scopes.includes(one)))
    return t('reading');
  return scopes.map((scope) => t(`scopes.${scopeWord(scope)}`)).join(' · ');
}
