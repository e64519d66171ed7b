import { useTranslation } from 'react-i18next';

/** Sentences one after the other, as the language writes them; what is empty is left out. */
export function useSentences(): (sentences: readonly (string | false | null | undefined)[]) => string {
  const { i18n } = useTranslation();
  return (sentences) => sentences.filter(Boolean).join(i18n.language === 'zh' ? '' : ' ');
}
