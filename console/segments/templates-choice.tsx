import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useComputed } from './computed.ts';
import { templates } from './templates.ts';

/** Whether people were compared with each other yet; before that, nobody is a champion. Nothing is counted for it. */
function useHasGroups(): boolean {
  const { data } = useComputed();
  return data?.snapshots.some((one) => one.name === 'rfm' && one.people > 0) ?? false;
}

/** What one may begin with. */
export function Templates() {
  const { t } = useTranslation('segments');
  const hasGroups = useHasGroups();
  return (
    <ul className="grid max-w-4xl gap-x-8 sm:grid-cols-2">
      {templates
        .filter(({ id }) => id !== 'champions' || hasGroups)
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
