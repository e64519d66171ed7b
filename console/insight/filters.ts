import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Filter } from '../kit/filter-bar.tsx';
import { useChannelOptions, useSegmentOptions, useSourceOptions } from '../segments/build-seen.ts';

/** What every report can be narrowed by and compared with. */
export function useQuestionFilters(): Filter[] {
  const { t } = useTranslation('insight');
  const { may } = useSession();
  const [segments, channels, sources] = [useSegmentOptions(), useChannelOptions(), useSourceOptions()];
  const hasSegments = may('segments:read') && segments.length > 0;
  return [
    ...(hasSegments
      ? [{ kind: 'choice' as const, name: 'segment', label: t('filter.segment'), choices: segments }]
      : []),
    { kind: 'choice', name: 'channel', label: t('filter.channel'), choices: channels },
    ...(sources.length > 0
      ? [{ kind: 'choice' as const, name: 'source', label: t('filter.source'), choices: sources }]
      : []),
    { kind: 'text', name: 'store', label: t('filter.store'), hint: t('filter.storeHint') },
    {
      kind: 'choice',
      name: 'compare',
      label: t('filter.compare'),
      choices: [
        { value: 'before', label: t('filter.before') },
        ...segments.map(({ value, label }) => ({
          value: `segment:${value}`,
          label: t('filter.withSegment', { name: label }),
        })),
      ],
    },
  ];
}
