import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../kit/page.tsx';
import { reportPlaces } from './catalogue.ts';
import { keepPeriod } from './question.ts';

/** Every report there is, by what it asks about. */
export default function Reports() {
  const { t } = useTranslation('insight');
  return (
    <Page title={t('title')} answer={t('answer')}>
      {[...Map.groupBy(reportPlaces, ({ group }) => group)].map(([group, places]) => (
        <Section key={group} title={t(`groups.${group}`)}>
          <ul className="grid gap-x-6 gap-y-2 sm:grid-cols-2 lg:grid-cols-3">
            {places.map(({ name, icon: Icon }) => (
              <li key={name}>
                <Link
                  to="/reports/$report"
                  params={{ report: name }}
                  search={keepPeriod}
                  className="-mx-3 flex h-full items-start gap-3 rounded-md px-3 py-3 hover:bg-sunken"
                >
                  <Icon
                    size={20}
                    strokeWidth={1.5}
                    aria-hidden="true"
                    className="mt-0.5 shrink-0 text-gold"
                  />
                  <span className="min-w-0">
                    <span className="block font-semibold">{t(`reports.${name}.title`)}</span>
                    <span className="block text-s text-quiet">{t(`reports.${name}.about`)}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </Page>
  );
}
