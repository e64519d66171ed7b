import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const Context = createContext<{ theme: Theme; isDark: boolean; choose: (theme: Theme) => void }>({
  theme: 'system',
  isDark: false,
  choose: () => {},
});
const stored = 'pando.theme';

/** Puts the chosen theme on the page, before anything is drawn. */
export function applyTheme(theme: string | null = localStorage.getItem(stored)): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, setTheme] = useState<Theme>(
    () => themes.find((one) => one === localStorage.getItem(stored)) ?? 'system',
  );
  const [systemDark, setSystemDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const look = () => setSystemDark(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  const value = useMemo(
    () => ({
      theme,
      isDark: theme === 'dark' || (theme === 'system' && systemDark),
      choose: (chosen: Theme) => {
        localStorage.setItem(stored, chosen);
        applyTheme(chosen);
        setTheme(chosen);
      },
    }),
    [theme, systemDark],
  );
  return <Context value={value}>{children}</Context>;
}

export function useTheme() {
  return useContext(Context);
}
