import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { Page } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Builder } from './build-form.tsx';
import { isObject } from './rule.ts';

/** A segment as it stands, to be changed. */
export default function EditSegment() {
  const { t } = useTranslation('segments');
  const { id } = useParams({ from: '/inside/segments/$id/edit' });
  const { api, slug } = useSession();
  // As it was when the page was opened: what others save meanwhile must not change what one is typing.
  const segment = useQuery({
    queryKey: [slug, 'segment-edit', id],
    queryFn: ({ signal }) => api.get<Segment>(`/api/segments/${id}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (!segment.data) {
    return (
      <Page title={t('build.editTitle')}>
        {segment.error ? (
          <ErrorState error={segment.error} onRetry={() => void segment.refetch()} />
        ) : (
          <Skeleton lines={6} />
        )}
      </Page>
    );
  }
  const { name, description, rule } = segment.data;
  return (
    <Builder
      key={id}
      id={id}
      title={t('build.editTitle')}
      draft={`segment ${id}`}
      start={{ name, description, rule: isObject(rule) ? rule : {} }}
    />
  );
}
