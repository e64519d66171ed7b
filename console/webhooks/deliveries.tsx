import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, Clock, RotateCw, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page, Webhook, WebhookDelivery } from '../api/types.ts';
import { useAddress } from '../kit/address.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { useTypeWords, webhooksKey } from './use-webhooks.ts';

const states = ['waiting', 'delivered', 'dead'] as const;
const looks = {
  waiting: { icon: Clock, tone: 'info' },
  delivered: { icon: Check, tone: 'good' },
  dead: { icon: X, tone: 'wrong' },
} as const;

/** What was sent to a receiver, waits, or was given up. */
export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation('webhooks');
  const { api, slug, may } = useSession();
  const [address, change] = useAddress();
  const state = states.find((one) => one === address.state);
  const path = `/api/webhooks/${webhook.id}/deliveries`;
  const list = useInfiniteQuery({
    queryKey: [...webhooksKey(slug), webhook.id, 'deliveries', state ?? 'all'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<WebhookDelivery>>(path, { state, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: 3_000,
  });
  const replay = useReplay(webhook);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog open side onClose={onClose} title={t('deliveriesOf', { url: webhook.url })}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <Segmented
          label={t('deliveries')}
          value={state ?? 'all'}
          choices={(['all', ...states] as const).map((value) => ({ value, label: t(`states.${value}`) }))}
          onChange={(chosen) => change({ state: chosen === 'all' ? undefined : chosen })}
        />
        {may('webhooks:write') && webhook.figures.dead > 0 && (
          <Button icon={RotateCw} busy={replay.isPending} onClick={() => replay.mutate(null)}>
            {t('replayAll')}
          </Button>
        )}
      </div>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={5} />}
      {list.data && items.length === 0 && <p className="py-4 text-quiet">{t('none')}</p>}
      <ul className="divide-y divide-line">
        {items.map((one) => (
          <Delivery
            key={one.id}
            delivery={one}
            {...(may('webhooks:write') && one.state !== 'waiting'
              ? { onReplay: () => replay.mutate(one.id) }
              : {})}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('older')}
        </Button>
      )}
    </Dialog>
  );
}

function useReplay(webhook: Webhook) {
  const { t } = useTranslation('webhooks');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  return useMutation({
    mutationFn: (delivery: string | null) =>
      api.send<{ replayed: number }>(
        'POST',
        `/api/webhooks/${webhook.id}/replay`,
        delivery === null ? {} : { delivery },
      ),
    onSuccess: ({ replayed }) => {
      tell(t('replayed', { count: replayed }));
      return cache.invalidateQueries({ queryKey: webhooksKey(slug) });
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
}

function Delivery({ delivery, onReplay }: { delivery: WebhookDelivery; onReplay?: () => void }) {
  const { t } = useTranslation('webhooks');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordOf = useTypeWords();
  const { state, type, created_at: created, attempts, status, error, due_at: due } = delivery;
  const { icon: Icon, tone } = looks[state];
  const facts = [
    t('attempts', { count: attempts }),
    status === null || error ? '' : t('answered', { status }),
    due && attempts > 0 ? t('next', { ago: format.ago(due) }) : '',
  ];
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Tag tone={tone}>
          <span className="inline-flex items-center gap-1">
            <Icon size={13} aria-hidden="true" />
            {t(`state.${state}`)}
          </span>
        </Tag>
        <span className="min-w-0 grow first-letter:uppercase">{wordOf(type)}</span>
        <time dateTime={created} className="text-s text-quiet">
          {format.moment(created)}
        </time>
      </div>
      <p className="mt-1 text-s text-quiet">{facts.filter(Boolean).join(' · ')}</p>
      {error && <p className="text-s text-wrong [overflow-wrap:anywhere]">{error}</p>}
      <div className="mt-1 flex flex-wrap items-start justify-between gap-2">
        <details className="min-w-0 grow basis-60 text-s">
          <summary className="cursor-pointer text-quiet hover:text-ink">{t('body')}</summary>
          <div className="mt-2">
            <Code label={t('body')} text={JSON.stringify(delivery.body, null, 2)} />
          </div>
        </details>
        {onReplay && (
          <Button look="quiet" icon={RotateCw} onClick={onReplay}>
            {t('replay')}
          </Button>
        )}
      </div>
    </li>
  );
}
