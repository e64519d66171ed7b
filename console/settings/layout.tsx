import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { settingsPlaces } from './places.ts';

const groups = ['workspace', 'team', 'me'] as const;

/** What stands beside every page of the settings: their list, and on a phone a strip above. */
export default function SettingsLayout() {
  const { t } = useTranslation('settings');
  const { may } = useSession();
  const strip = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    // On a phone the strip is longer than the screen; where one is must be in view.
    const here = path && strip.current?.querySelector<HTMLElement>('a.active');
    if (here) strip.current?.scrollTo({ left: here.offsetLeft - 24 });
  }, [path]);
  const shown = settingsPlaces.filter(({ needs }) => !needs || may(needs));
  return (
    <div className="mx-auto w-full max-w-6xl lg:flex">
      <nav
        ref={strip}
        aria-label={t('title')}
        className="relative flex gap-1 overflow-x-auto border-line border-b px-3 py-2 lg:sticky lg:top-14 lg:block lg:w-52 lg:shrink-0 lg:self-start lg:overflow-visible lg:border-b-0 lg:py-6 lg:pr-0 lg:pl-4"
      >
        {groups.map((group) => {
          const places = shown.filter((place) => place.group === group);
          if (places.length === 0) return null;
          return (
            <div key={group} className="flex gap-1 lg:mb-5 lg:block">
              <p className="hidden px-3 pb-1 text-s text-quiet lg:block">{t(`groups.${group}`)}</p>
              <ul className="flex gap-1 lg:flex-col lg:gap-0.5">
                {places.map(({ to, name, icon: Icon }) => (
                  <li key={to}>
                    <Link
                      to={to}
                      activeOptions={{ exact: true, includeSearch: false }}
                      className="flex min-h-9 items-center gap-2.5 rounded-md px-3 whitespace-nowrap text-quiet hover:bg-sunken hover:text-ink [&.active]:bg-good-wash [&.active]:font-semibold [&.active]:text-good"
                    >
                      <Icon size={16} aria-hidden="true" className="shrink-0 max-lg:hidden" />
                      {t(`places.${name}`)}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <div className="min-w-0 grow">
        <Outlet />
      </div>
    </div>
  );
}
