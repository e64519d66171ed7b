import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../api/draft.ts';
import { useSession } from '../api/session.tsx';
import type { Segment, WebhookType, WebhookWithSecret } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { SecretOnce } from '../kit/secret-once.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useSegments } from '../segments/segment-rule.tsx';
import { useTypeWords, webhooksKey } from './use-webhooks.ts';

interface Draft {
  url: string;
  description: string;
  types: string[];
  which: 'all' | 'some';
  topics: string[];
}

/** Where to, and of what; then the secret, this once. With a segment, it is about that one alone. */
export function CreateWebhook(props: { segment?: Pick<Segment, 'id' | 'name'>; onClose: () => void }) {
  const { t } = useTranslation('webhooks');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const wordOf = useTypeWords();
  const { segment } = props;
  const { draft, set, clear } = useDraft<Draft>(segment ? `webhook-${segment.id}` : 'webhook');
  const offered = useQuery({
    queryKey: [slug, 'webhook-types'],
    queryFn: ({ signal }) => api.get<{ items: WebhookType[] }>('/api/webhooks/types', {}, signal),
    staleTime: 600_000,
  });
  const all = (offered.data?.items ?? []).filter(({ topic }) => !segment || topic === 'segment');
  const usual = all.filter(({ topic }) => topic === 'segment').map(({ type }) => type);
  const { url = '', description = '', types = usual, which = 'all', topics = [] } = draft;
  const canLimit = !segment && all.some(({ type, topic }) => topic === 'segment' && types.includes(type));
  const limit = segment ? [segment.id] : canLimit && which === 'some' ? topics : null;
  const create = useMutation({
    mutationFn: () =>
      api.send<WebhookWithSecret>('POST', '/api/webhooks', {
        url: url.trim(),
        description: description.trim(),
        types,
        topics: limit,
      }),
    onSuccess: () => {
      clear();
      void cache.invalidateQueries({ queryKey: webhooksKey(slug) });
    },
  });
  if (create.data) return <Secret webhook={create.data} onClose={props.onClose} />;
  const toggle = (list: readonly string[], one: string, isOn: boolean) =>
    isOn ? [...list, one] : list.filter((other) => other !== one);
  const isReady = url.trim() !== '' && types.length > 0 && (limit === null || limit.length > 0);
  return (
    <Dialog
      open
      wide
      onClose={props.onClose}
      title={t('createTitle')}
      note={segment ? `${t('createFor', { name: segment.name })} ${t('createNote')}` : t('createNote')}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Input
          label={t('url')}
          hint={t('urlHint')}
          type="url"
          required
          maxLength={2000}
          autoComplete="off"
          placeholder="https://"
          value={url}
          onChange={(event) => set({ ...draft, url: event.target.value })}
        />
        <Input
          label={t('description')}
          maxLength={200}
          autoComplete="off"
          value={description}
          onChange={(event) => set({ ...draft, description: event.target.value })}
        />
        <fieldset>
          <legend className="mb-1 text-s font-medium">{t('tellOf')}</legend>
          {offered.isPending && <Skeleton lines={2} />}
          {all.map(({ type }) => (
            <Check
              key={type}
              label={wordOf(type)}
              code={type}
              checked={types.includes(type)}
              onChange={(isOn) => set({ ...draft, types: toggle(types, type, isOn) })}
            />
          ))}
        </fieldset>
        {canLimit && (
          <Which
            which={which}
            topics={topics}
            onWhich={(chosen) => set({ ...draft, which: chosen })}
            onTopic={(id, isOn) => set({ ...draft, topics: toggle(topics, id, isOn) })}
          />
        )}
        {create.error && <ErrorState error={create.error} />}
        <div className="flex justify-end">
          <Button look="main" type="submit" busy={create.isPending} disabled={!isReady}>
            {t('create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Check(props: { label: string; code?: string; checked: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="flex cursor-pointer items-center gap-2 py-1">
      <input
        type="checkbox"
        className="accent-act"
        checked={props.checked}
        onChange={({ target }) => props.onChange(target.checked)}
      />
      <span className="min-w-0 [overflow-wrap:anywhere]">{props.label}</span>
      {props.code && <code className="text-s text-quiet">{props.code}</code>}
    </label>
  );
}

function Which(props: {
  which: Draft['which'];
  topics: readonly string[];
  onWhich: (which: Draft['which']) => void;
  onTopic: (id: string, isOn: boolean) => void;
}) {
  const { t } = useTranslation('webhooks');
  const { data } = useSegments();
  return (
    <fieldset>
      <legend className="mb-1 text-s font-medium">{t('which')}</legend>
      {(['all', 'some'] as const).map((one) => (
        <label key={one} className="flex cursor-pointer items-center gap-2 py-1">
          <input
            type="radio"
            name="which"
            className="accent-act"
            checked={props.which === one}
            onChange={() => props.onWhich(one)}
          />
          {t(one === 'all' ? 'whichAll' : 'whichSome')}
        </label>
      ))}
      {props.which === 'some' && (
        <div className="ml-6 max-h-48 overflow-y-auto">
          {data?.items.length === 0 && <p className="text-quiet">{t('noSegments')}</p>}
          {data?.items.map(({ id, name }) => (
            <Check
              key={id}
              label={name}
              checked={props.topics.includes(id)}
              onChange={(isOn) => props.onTopic(id, isOn)}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** The secret, which nobody sees again, and what to do with it. */
export function Secret({ webhook, onClose }: { webhook: WebhookWithSecret; onClose: () => void }) {
  const { t } = useTranslation('webhooks');
  const example = `import { Webhook } from 'standardwebhooks';

const { type, timestamp, data } = new Webhook(secret).verify(rawBody, headers);`;
  return (
    <SecretOnce
      title={t('secretTitle', { url: webhook.url })}
      note={t('secretNote')}
      label={t('secret')}
      secret={webhook.secret}
      example={{ label: t('check'), text: example }}
      onClose={onClose}
    />
  );
}
