import { useTranslation } from 'react-i18next';
import { useWordsOr } from '../../words/words-or.ts';
import { Choice } from '../choice.tsx';
import { useQuestion } from '../question.ts';

/** What touches of a channel are called. */
export function useChannelName(): (name: string) => string {
  const wordsOr = useWordsOr('insight');
  return (name) => wordsOr(`reports.attribution.channels.${name === '' ? 'unknown' : name}`, name);
}

/** Whether touches are told apart by channel or by campaign. */
export function ByTouch() {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion();
  return (
    <Choice
      label={t('reports.attribution.by')}
      value={address.by ?? 'channel'}
      usual="channel"
      choices={[
        { value: 'channel', label: t('reports.attribution.byChannel') },
        { value: 'campaign', label: t('reports.attribution.byCampaign') },
      ]}
      onChange={(by) => change({ by })}
    />
  );
}
