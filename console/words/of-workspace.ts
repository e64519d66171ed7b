import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Workspace } from '../api/types.ts';

/** Whoever has not chosen a language reads in the one that the workspace opens in, where it has one. */
export function useLanguageOf({ language }: Workspace): void {
  const { i18n } = useTranslation();
  useEffect(() => {
    if (language === 'reader' || localStorage.getItem('pando.language') !== null) return;
    if (i18n.language !== language) void i18n.changeLanguage(language);
  }, [language, i18n]);
}
