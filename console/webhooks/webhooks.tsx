import { Plus, Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { useAddress } from '../kit/address.ts';
import { Button } from '../kit/button.tsx';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { CreateWebhook } from './create.tsx';
import { Deliveries } from './deliveries.tsx';
import { WebhookLine } from './one.tsx';
import { useWebhooks } from './use-webhooks.ts';

/** Who outside is told what happens, how that goes, and what was given up. */
export default function Webhooks() {
  const { t } = useTranslation('webhooks');
  const { may } = useSession();
  const [address, change] = useAddress();
  const [isCreating, setCreating] = useState(false);
  const list = useWebhooks();
  const items = list.data?.items ?? [];
  const opened = items.find(({ id }) => id === address.webhook);
  const createButton = may('webhooks:write') && (
    <Button look="main" icon={Plus} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      answer={list.data && t('answer', { count: items.length })}
      actions={items.length > 0 && createButton}
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <Skeleton lines={4} />}
      {list.data && items.length === 0 && (
        <EmptyState icon={WebhookIcon} title={t('empty')} why={t('emptyWhy')} action={createButton} />
      )}
      <ul className="divide-y divide-line">
        {items.map((webhook) => (
          <WebhookLine
            key={webhook.id}
            webhook={webhook}
            onDeliveries={() => change({ webhook: webhook.id })}
          />
        ))}
      </ul>
      {isCreating && <CreateWebhook onClose={() => setCreating(false)} />}
      {opened && (
        <Deliveries webhook={opened} onClose={() => change({ webhook: undefined, state: undefined })} />
      )}
    </Page>
  );
}
