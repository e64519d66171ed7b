import { useEffect, useState } from 'react';
import { words as en, type Words } from './en.ts';
import { words as zh } from './zh.ts';

export type Language = 'en' | 'zh';
export type { Words } from './en.ts';

const stored = 'pando.language';

/** The browser's language, or what was chosen here before. */
export function useWords(): { words: Words; language: Language; turn: () => void } {
  const [language, setLanguage] = useState<Language>(() =>
    (localStorage.getItem(stored) ?? navigator.language).startsWith('zh') ? 'zh' : 'en',
  );
  const words = language === 'zh' ? zh : en;
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
    document.title = words.title;
    // Letters come in small files, each fetched when the page has one of it.
    if (language === 'zh') void import('../../console/kit/chinese-font.ts');
  }, [language, words]);
  return {
    words,
    language,
    turn() {
      const other = language === 'zh' ? 'en' : 'zh';
      localStorage.setItem(stored, other);
      setLanguage(other);
    },
  };
}
