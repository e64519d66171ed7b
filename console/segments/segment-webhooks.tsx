import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Tag } from '../kit/tag.tsx';
import { CreateWebhook } from '../webhooks/create.tsx';
import { useTypeList, useWebhooks } from '../webhooks/use-webhooks.ts';

/** The programs that are told of this segment, and a way to tell one more. */
export function SegmentWebhooks({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segments');
  const { t: webhooks } = useTranslation('webhooks');
  const { may } = useSession();
  const typeList = useTypeList();
  const [isCreating, setCreating] = useState(false);
  const list = useWebhooks();
  const about = (list.data?.items ?? []).filter(({ types, topics }) =>
    topics ? topics.includes(segment.id) : types.some((type) => type.startsWith('segment.')),
  );
  return (
    <>
      {list.data && about.length === 0 && <p className="text-quiet">{t('one.webhooksNone')}</p>}
      <ul className="divide-y divide-line">
        {about.map((one) => (
          <li key={one.id} className="py-2">
            <Link
              to="/settings/webhooks"
              search={{ webhook: one.id }}
              className="link block truncate"
              title={one.url}
            >
              {one.url}
            </Link>
            <span className="text-s text-quiet">{typeList(one.types)}</span>{' '}
            {one.disabled_at && <Tag tone="gold">{webhooks('paused')}</Tag>}
          </li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        {may('webhooks:write') && segment.state !== 'archived' && (
          <Button icon={Plus} onClick={() => setCreating(true)}>
            {t('one.webhooksAdd')}
          </Button>
        )}
        <Link to="/settings/webhooks" className="link text-s">
          {t('one.webhooksAll')}
        </Link>
      </div>
      {isCreating && <CreateWebhook segment={segment} onClose={() => setCreating(false)} />}
    </>
  );
}
