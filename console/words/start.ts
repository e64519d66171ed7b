import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = [
  { code: 'en', name: 'English' },
  { code: 'zh', name: '简体中文' },
] as const;

const load = { en: () => import('./en.ts'), zh: () => import('./zh.ts') };

/** The words of the chosen language only; the other's are fetched when somebody asks for them. */
export async function startWords(): Promise<i18n> {
  const chosen = localStorage.getItem('pando.language') ?? navigator.language;
  const words = createInstance();
  await words
    .use(initReactI18next)
    .use({
      type: 'backend' as const,
      init() {},
      read(language: string, namespace: string, done: (error: Error | null, data: unknown) => void) {
        const loading = language.startsWith('zh') ? load.zh() : load.en();
        loading.then(
          ({ words: all }) => done(null, all[namespace as keyof typeof all]),
          (error: Error) => done(error, null),
        );
      },
    })
    .init({
      lng: chosen.startsWith('zh') ? 'zh' : 'en',
      supportedLngs: ['en', 'zh'],
      fallbackLng: false,
      load: 'languageOnly',
      ns: [
        'kit',
        'frame',
        'sign-in',
        'home',
        'people',
        'segments',
        'events',
        'sources',
        'conflicts',
        'imports',
        'insight',
        'settings',
        'team',
        'keys',
        'sessions',
        'audit',
        'account',
        'webhooks',
      ],
      defaultNS: 'kit',
      // React already makes text of it.
      interpolation: { escapeValue: false },
    });
  const follow = (language: string) => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  };
  follow(words.language);
  words.on('languageChanged', follow);
  return words;
}
