import { useNavigate, useRouterState, useSearch } from '@tanstack/react-router';
import {
  Building2,
  CircleUserRound,
  Command,
  Languages,
  LogOut,
  Moon,
  Search,
  Sun,
  SunMoon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { IconButton } from '../kit/button.tsx';
import { Menu } from '../kit/menu.tsx';
import { PeriodMenu } from '../kit/period-menu.tsx';
import { languages } from '../words/start.ts';
import { Mark } from './mark.tsx';
import { type Place, places } from './places.ts';
import { type Theme, themes, useTheme } from './theme.tsx';

const themeIcons: Record<Theme, typeof Sun> = { system: SunMoon, light: Sun, dark: Moon };

export function ThemeMenu() {
  const { t } = useTranslation('frame');
  const { theme, choose } = useTheme();
  return (
    <Menu
      title={t('theme.title')}
      trigger={<IconButton icon={themeIcons[theme]} label={t('theme.title')} />}
      items={themes.map((one) => ({
        label: t(`theme.${one}`),
        icon: themeIcons[one],
        chosen: one === theme,
        onChoose: () => choose(one),
      }))}
    />
  );
}

export function LanguageMenu() {
  const { t, i18n } = useTranslation('frame');
  return (
    <Menu
      title={t('language')}
      trigger={<IconButton icon={Languages} label={t('language')} />}
      items={languages.map(({ code, name }) => ({
        label: name,
        chosen: i18n.language === code,
        onChoose: () => {
          localStorage.setItem('pando.language', code);
          void i18n.changeLanguage(code);
        },
      }))}
    />
  );
}

/** The stretch of days that pages speak of; it stands in the address, and only where a page asks for it. */
function PeriodChoice() {
  const { period = '30d' } = useSearch({ from: '/inside' });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const speaks = ({ to, hasPeriod }: Place) =>
    hasPeriod && (to === path || (to !== '/' && path.startsWith(`${to}/`)));
  if (!places.some(speaks)) return null;
  return (
    <PeriodMenu
      value={period}
      onChange={(chosen) => void navigate({ to: '.', search: (now) => ({ ...now, period: chosen }) })}
    />
  );
}

/** Workspace, search, period, command palette, colours, language, me. */
export function TopBar(props: {
  onPalette: () => void;
  onWorkspace: (slug: string) => void;
  onSignOut: () => void;
}) {
  const { t } = useTranslation('frame');
  const { workspace, workspaces, who } = useSession();
  const navigate = useNavigate();
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-line border-b bg-paper px-3 md:px-6">
      <span className="mr-1 md:hidden">
        <Mark size={26} />
      </span>
      <Menu
        title={t('workspace')}
        trigger={
          <button
            type="button"
            className="flex min-h-9 min-w-0 items-center gap-2 rounded-md px-2 font-semibold hover:bg-sunken"
            aria-label={`${t('workspace')}: ${workspace.name}`}
          >
            <span className="truncate">{workspace.name}</span>
          </button>
        }
        items={workspaces.map((one) => ({
          label: one.name,
          icon: Building2,
          chosen: one.slug === workspace.slug,
          onChoose: () => props.onWorkspace(one.slug),
        }))}
      />
      <span className="grow" />
      <button
        type="button"
        onClick={() => void navigate({ to: '/people' })}
        title={t('searchKey')}
        aria-label={t('search')}
        className="flex min-h-9 items-center gap-2 rounded-md px-2 text-quiet hover:bg-sunken hover:text-ink md:border md:border-line md:pr-2 md:pl-3 lg:min-w-56"
      >
        <Search size={16} aria-hidden="true" />
        <span className="hidden grow text-left text-s md:inline">{t('search')}</span>
        <kbd className="hidden rounded-md border border-line px-1.5 text-s md:inline">/</kbd>
      </button>
      <PeriodChoice />
      <IconButton icon={Command} label={t('command')} onClick={props.onPalette} className="max-sm:hidden" />
      <ThemeMenu />
      <LanguageMenu />
      <Menu
        title={who.user?.email ?? t('me')}
        trigger={<IconButton icon={CircleUserRound} label={t('me')} />}
        items={[
          {
            label: t('account'),
            icon: CircleUserRound,
            onChoose: () => void navigate({ to: '/settings/account' }),
          },
          { label: t('signOut'), icon: LogOut, onChoose: props.onSignOut },
        ]}
      />
    </header>
  );
}
