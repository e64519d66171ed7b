import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Ellipsis, PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Menu } from '../kit/menu.tsx';
import { useLanguageOf } from '../words/of-workspace.ts';
import { TopBar } from './bar.tsx';
import { Mark } from './mark.tsx';
import { type Place, places } from './places.ts';

const Palette = lazy(() => import('./palette.tsx'));

/** What stands around every page: the nouns on the left, the bar above, on a phone a bar at the foot. */
export function Frame() {
  const { t } = useTranslation('frame');
  const { api, may, workspace } = useSession();
  useLanguageOf(workspace);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [palette, setPalette] = useState(false);
  const [isNarrow, setNarrow] = useState(() => localStorage.getItem('pando.narrow') === 'yes');
  const shown = places.filter((place) => !place.needs || may(place.needs));

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = (event.target as HTMLElement).matches('input,textarea,select,[contenteditable]');
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPalette((open) => !open);
      } else if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        void navigate({ to: '/people' }).then(() =>
          document.querySelector<HTMLInputElement>('input[type=search]')?.focus(),
        );
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [navigate]);

  async function signOut() {
    await api.send('DELETE', '/api/session');
    cache.clear();
    await navigate({ to: '/sign-in' });
  }
  function toWorkspace(slug: string) {
    localStorage.setItem('pando.workspace', slug);
    void navigate({ to: '/', search: { workspace: slug } });
  }
  function toggleNarrow() {
    localStorage.setItem('pando.narrow', isNarrow ? 'no' : 'yes');
    setNarrow(!isNarrow);
  }

  const Toggle = isNarrow ? PanelLeftOpen : PanelLeftClose;
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-70 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        {t('skip')}
      </a>
      <nav
        aria-label={t('places.title')}
        className={clsx(
          'sticky top-0 hidden h-dvh shrink-0 flex-col border-line border-r px-2 pt-3 pb-2 md:flex',
          isNarrow ? 'w-14' : 'w-48',
        )}
      >
        <Link
          to="/"
          className="mb-4 flex items-center gap-2 rounded-md px-1.5 py-1"
          aria-label={isNarrow ? t('places.home') : undefined}
        >
          <Mark />
          {!isNarrow && <span className="text-l font-semibold tracking-[-0.01em]">Pando</span>}
        </Link>
        <ul className="flex grow flex-col gap-0.5 overflow-y-auto">
          {shown.map((place) => (
            <li key={place.to}>
              <NavLink place={place} isNarrow={isNarrow} />
            </li>
          ))}
        </ul>
        <button
          type="button"
          onClick={toggleNarrow}
          title={t(isNarrow ? 'widen' : 'collapse')}
          aria-label={t(isNarrow ? 'widen' : 'collapse')}
          className="flex min-h-9 items-center rounded-md px-3 text-quiet hover:bg-sunken hover:text-ink"
        >
          <Toggle size={16} aria-hidden="true" />
        </button>
      </nav>
      <div className="flex min-w-0 grow flex-col">
        <TopBar
          onPalette={() => setPalette(true)}
          onWorkspace={toWorkspace}
          onSignOut={() => void signOut()}
        />
        <main id="content" tabIndex={-1} className="grow outline-none">
          <Outlet />
        </main>
        <PhoneBar shown={shown} />
      </div>
      {palette && (
        <Suspense>
          <Palette places={shown} onClose={() => setPalette(false)} onSignOut={() => void signOut()} />
        </Suspense>
      )}
    </div>
  );
}

function NavLink({ place, isNarrow }: { place: Place; isNarrow: boolean }) {
  const { t } = useTranslation('frame');
  const { icon: Icon, to, name } = place;
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      title={isNarrow ? t(`places.${name}`) : undefined}
      aria-label={isNarrow ? t(`places.${name}`) : undefined}
      className="flex min-h-9 items-center gap-3 rounded-md px-3 text-quiet hover:bg-sunken hover:text-ink [&.active]:bg-good-wash [&.active]:font-semibold [&.active]:text-good"
    >
      <Icon size={17} aria-hidden="true" className="shrink-0" />
      {!isNarrow && t(`places.${name}`)}
    </Link>
  );
}

function PhoneBar({ shown }: { shown: readonly Place[] }) {
  const { t } = useTranslation('frame');
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const rest = shown.filter((place) => !place.onPhone);
  const item = 'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-s text-quiet';
  return (
    <nav
      aria-label={t('places.title')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-paper pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {shown
        .filter((place) => place.onPhone)
        .map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            className={clsx(item, '[&.active]:font-semibold [&.active]:text-good')}
          >
            <Icon size={20} aria-hidden="true" />
            {t(`places.${name}`)}
          </Link>
        ))}
      {rest.length > 0 && (
        <Menu
          trigger={
            <button type="button" className={item}>
              <Ellipsis size={20} aria-hidden="true" />
              {t('places.more')}
            </button>
          }
          items={rest.map(({ to, name, icon }) => ({
            label: t(`places.${name}`),
            icon,
            chosen: path === to,
            onChoose: () => void navigate({ to }),
          }))}
        />
      )}
    </nav>
  );
}
