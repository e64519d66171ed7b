import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { ComputedOfPerson } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useComputedValues } from '../segments/computed.ts';
import { traitText } from './trait-text.ts';

/** What is worked out about a person, as of now; what has no value is left out. */
export function ComputedOf({ id }: { id: string }) {
  const { t } = useTranslation('segments');
  const { api, slug } = useSession();
  const format = useFormat();
  const about = useComputedValues();
  const found = useQuery({
    queryKey: [slug, 'person', id, 'computed-traits'],
    queryFn: ({ signal }) => api.get<ComputedOfPerson>(`/api/people/${id}/computed-traits`, {}, signal),
  });
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <Skeleton lines={3} />;
  const order = [...about.keys()];
  const list = Object.entries(found.data.values)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  if (list.length === 0) return <p className="text-quiet">{t('computed.ofPersonNone')}</p>;
  const text = (name: string, value: unknown): string => {
    if (typeof value === 'number') return format.exact(value);
    if (Array.isArray(value)) return value.map((one) => text(name, one)).join(t('one.say.comma'));
    const option = about.get(name)?.options.find((one) => one.value === value);
    return option?.label ?? traitText(value) ?? '–';
  };
  return (
    <dl>
      {list.map(([name, value]) => (
        <div key={name} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-4 py-1">
          <dt className="text-quiet [overflow-wrap:anywhere]">{about.get(name)?.label ?? name}</dt>
          <dd className="tabular-nums [overflow-wrap:anywhere]">{text(name, value)}</dd>
        </div>
      ))}
    </dl>
  );
}
