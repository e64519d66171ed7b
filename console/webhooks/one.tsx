import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, KeyRound, ListChecks, Pause, Play, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Webhook, WebhookWithSecret } from '../api/types.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { TypeToConfirm } from '../kit/confirm.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { Menu } from '../kit/menu.tsx';
import { ErrorState, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { useSegments } from '../segments/segment-rule.tsx';
import { Secret } from './create.tsx';
import { useTypeList, webhooksKey } from './use-webhooks.ts';

/** One receiver: what it is told of, how that goes, and what can be done about it. */
export function WebhookLine({ webhook, onDeliveries }: { webhook: Webhook; onDeliveries: () => void }) {
  const { t } = useTranslation('webhooks');
  const { may } = useSession();
  const typeList = useTypeList();
  const { data: segments } = useSegments();
  const names = new Map(segments?.items.map(({ id, name }) => [id, name]));
  const { url, description, types, topics, disabled_at: disabled, disabled_why: why } = webhook;
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-3 py-4">
      <div className="min-w-0 grow basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <span className={disabled ? 'break-all text-quiet' : 'break-all font-medium'}>{url}</span>
          {disabled && <Tag tone="gold">{why ? t('pausedWhy', { why }) : t('paused')}</Tag>}
        </p>
        {description && <p>{description}</p>}
        <p className="text-s text-quiet">{t('of', { types: typeList(types) })}</p>
        {types.some((type) => type.startsWith('segment.')) && (
          <p className="text-s text-quiet">
            {topics
              ? t('onlyOf', { names: topics.map((id) => names.get(id) ?? id.slice(0, 8)).join(', ') })
              : t('ofAll')}
          </p>
        )}
        <Figures figures={webhook.figures} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button icon={ListChecks} onClick={onDeliveries}>
          {t('deliveries')}
        </Button>
        {may('webhooks:write') && <Acts webhook={webhook} />}
      </div>
    </li>
  );
}

function Figures({ figures }: { figures: Webhook['figures'] }) {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const shown = (['delivered', 'waiting', 'dead'] as const).map((name) => ({ name, n: figures[name] }));
  return (
    <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-s">
      {shown.map(({ name, n }) => (
        <div key={name} className="flex items-baseline gap-1.5">
          <dd className={name === 'dead' && n > 0 ? 'font-semibold text-wrong' : 'font-semibold'}>
            {format.exact(n)}
          </dd>
          <dt className="text-quiet">{t(name)}</dt>
        </div>
      ))}
    </dl>
  );
}

function Acts({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('webhooks');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const [asking, setAsking] = useState<'rotate' | 'delete' | null>(null);
  const path = `/api/webhooks/${webhook.id}`;
  const anew = () => cache.invalidateQueries({ queryKey: webhooksKey(slug) });
  const onError = (error: Error) => tell(problem(error), { tone: 'wrong' });
  const isPaused = webhook.disabled_at !== null;
  const pause = useMutation({
    mutationFn: (disabled: boolean) => api.send<Webhook>('PATCH', path, { disabled }),
    onSuccess: (_, disabled) => {
      tell(t(disabled ? 'pausedNow' : 'resumedNow'), { undo: () => pause.mutate(!disabled) });
      return anew();
    },
    onError,
  });
  const test = useMutation({
    mutationFn: () => api.send('POST', `${path}/test`),
    onSuccess: () => {
      tell(t('tested'));
      return anew();
    },
    onError,
  });
  const rotate = useMutation({
    mutationFn: () => api.send<WebhookWithSecret>('POST', `${path}/rotate`),
    onSuccess: anew,
  });
  const remove = useMutation({
    mutationFn: () => api.send('DELETE', path),
    onSuccess: () => {
      tell(t('deleted'));
      return anew();
    },
  });
  const close = () => {
    setAsking(null);
    rotate.reset();
    remove.reset();
  };
  return (
    <>
      <Button icon={Send} busy={test.isPending} disabled={isPaused} onClick={() => test.mutate()}>
        {t('test')}
      </Button>
      <Menu
        trigger={<IconButton icon={Ellipsis} label={`${t('more')}: ${webhook.url}`} />}
        items={[
          {
            label: t(isPaused ? 'resume' : 'pause'),
            icon: isPaused ? Play : Pause,
            onChoose: () => pause.mutate(!isPaused),
          },
          { label: t('rotate'), icon: KeyRound, onChoose: () => setAsking('rotate') },
          { label: t('delete'), icon: Trash2, onChoose: () => setAsking('delete') },
        ]}
      />
      {asking === 'rotate' && rotate.data && <Secret webhook={rotate.data} onClose={close} />}
      {asking === 'rotate' && !rotate.data && (
        <Dialog open onClose={close} title={t('rotateTitle', { url: webhook.url })} note={t('rotateNote')}>
          {rotate.error && <ErrorState error={rotate.error} />}
          <div className="flex justify-end">
            <Button look="main" icon={KeyRound} busy={rotate.isPending} onClick={() => rotate.mutate()}>
              {t('rotate')}
            </Button>
          </div>
        </Dialog>
      )}
      {asking === 'delete' && (
        <TypeToConfirm
          title={t('deleteTitle', { url: webhook.url })}
          note={t('deleteNote')}
          name={new URL(webhook.url).host}
          verb={t('delete')}
          icon={Trash2}
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={close}
        />
      )}
    </>
  );
}
