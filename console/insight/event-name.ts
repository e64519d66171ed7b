import { useTranslation } from 'react-i18next';
import { useWordsOr } from '../words/words-or.ts';

const types = ['page', 'screen', 'identify', 'group', 'alias'];

/** How an event of a report is called: what the workspace sends by its word, the rest, and nothing. */
export function useEventName(): (name: string) => string {
  const { t } = useTranslation('insight');
  const words = useWordsOr('events');
  return (name) => {
    if (name === '') return t('nothing');
    if (name === '...') return t('rest');
    return types.includes(name) ? words(`types.${name}`, name) : words(`names.${name}`, name);
  };
}
