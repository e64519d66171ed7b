import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { templateOf, templates } from './templates.ts';

/** Whether somebody is a champion in the current snapshot; without one, nobody would be found. */
function useHasChampions(): boolean {
  const { api, slug } = useSession();
  const rule = templateOf('champions')?.rule;
  const found = useQuery({
    queryKey: [slug, 'seen', 'champions'],
    queryFn: () => api.send<{ count: number }>('POST', '/api/segments/preview', { rule }),
    staleTime: 600_000,
    retry: false,
  });
  return (found.data?.count ?? 0) > 0;
}

/** What one may begin with. */
export function Templates() {
  const { t } = useTranslation('segments');
  const hasChampions = useHasChampions();
  return (
    <ul className="grid max-w-4xl gap-x-8 sm:grid-cols-2">
      {templates
        .filter(({ id }) => id !== 'champions' || hasChampions)
        .map(({ id, icon: Icon }) => (
          <li key={id} className="border-line border-t">
            <Link
              to="/segments/new"
              search={{ template: id }}
              className="grid grid-cols-[24px_minmax(0,1fr)] gap-x-2 rounded-md py-3 hover:text-good"
            >
              <Icon size={18} aria-hidden="true" className="mt-0.5 text-gold" />
              <span className="font-medium">{t(`templates.${id}.name`)}</span>
              <span className="col-start-2 text-s text-quiet">{t(`templates.${id}.about`)}</span>
            </Link>
          </li>
        ))}
    </ul>
  );
}
