import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Pencil } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';

/** One segment: how many are in now. */
export default function SegmentPage() {
  const { t } = useTranslation('segments');
  const { id } = useParams({ from: '/inside/segments/$id' });
  const { api, slug, may } = useSession();
  const format = useFormat();
  const segment = useQuery({
    queryKey: [slug, 'segments', id],
    queryFn: ({ signal }) => api.get<Segment>(`/api/segments/${id}`, {}, signal),
    refetchInterval: 2_000,
  });
  const { data } = segment;
  return (
    <Page
      title={data?.name ?? t('list.title')}
      answer={data?.description}
      actions={
        may('segments:write') && (
          <Link to="/segments/$id/edit" params={{ id }} className={buttonClass('plain')}>
            <Pencil size={16} aria-hidden="true" />
            {t('list.edit')}
          </Link>
        )
      }
    >
      {segment.error && <ErrorState error={segment.error} onRetry={() => void segment.refetch()} />}
      {segment.isPending && <Skeleton lines={4} />}
      {data && data.size !== null && (
        <p className="text-xxl font-semibold">
          {format.exact(data.size)}{' '}
          <span className="text-l font-normal">{t('build.preview.people', { count: data.size })}</span>
        </p>
      )}
    </Page>
  );
}
