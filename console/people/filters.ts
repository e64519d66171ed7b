import { useTranslation } from 'react-i18next';
import type { Address } from '../kit/address.ts';
import type { Filter } from '../kit/filter-bar.tsx';
import { dayEnd, dayStart } from '../kit/period.tsx';
import { useWordsOr } from '../words/words-or.ts';

const kinds = [
  'user_id',
  'email',
  'phone',
  'card',
  'wechat_openid',
  'wechat_unionid',
  'device_id',
  'anonymous_id',
];
const purposes = [
  'analytics',
  'marketing_email',
  'marketing_sms',
  'marketing_chat',
  'personalisation',
  'sharing',
];
const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;
const channels = ['web', 'app', 'till', 'sensor', 'chat', 'content', 'server', 'import'] as const;

/** What the list of people can be narrowed by. */
export function useFilters(traits: readonly string[]): Filter[] {
  const { t } = useTranslation('people');
  const { t: sources } = useTranslation('sources');
  const wordsOr = useWordsOr('people');
  return [
    {
      name: 'kind',
      label: t('filter.kind'),
      kind: 'choice',
      choices: [
        { value: 'known', label: t('known') },
        { value: 'visitor', label: t('visitor') },
      ],
    },
    {
      name: 'has',
      label: t('filter.has'),
      kind: 'choice',
      choices: kinds.map((value) => ({ value, label: wordsOr(`one.kinds.${value}`, value) })),
    },
    {
      name: 'trait',
      label: t('filter.trait'),
      kind: 'pair',
      first: t('filter.trait'),
      second: t('filter.traitValue'),
      known: traits,
    },
    {
      name: 'consent',
      label: t('filter.consent'),
      kind: 'choice',
      choices: purposes.flatMap((purpose) =>
        (['granted', 'refused'] as const).map((answer) => ({
          value: `${purpose}:${answer}`,
          label: t('filter.consentIs', {
            purpose: wordsOr(`one.purposes.${purpose}`, purpose),
            answer: t(`one.${answer}`),
          }),
        })),
      ),
    },
    { name: 'met', label: t('filter.met'), kind: 'day' },
    { name: 'until', label: t('filter.until'), kind: 'day' },
    { name: 'seen', label: t('filter.seen'), kind: 'day' },
    {
      name: 'channel',
      label: t('filter.channel'),
      kind: 'choice',
      choices: channels.map((value) => ({ value, label: sources(`kinds.${value}`) })),
    },
    {
      name: 'did',
      label: t('filter.did'),
      kind: 'choice',
      choices: stages.map((value) => ({ value, label: t(`filter.stages.${value}`) })),
    },
  ];
}

const day = /^\d{4}-\d\d-\d\d$/;

/** What the address asks the API for; days are those of the workspace. */
export function queryOf(address: Address, timeZone: string) {
  const { q, kind, has, trait, consent, met, until, seen, channel, did } = address;
  const dayOf = (text: string | undefined, at: (day: string, timeZone: string) => string) =>
    text && day.test(text) && !Number.isNaN(Date.parse(text)) ? at(text, timeZone) : undefined;
  return {
    q,
    known: kind === 'known' ? true : kind === 'visitor' ? false : undefined,
    has,
    trait,
    consent,
    met_from: dayOf(met, dayStart),
    met_to: dayOf(until, dayEnd),
    seen_from: dayOf(seen, dayStart),
    channel,
    did: stages.find((one) => one === did),
  };
}
