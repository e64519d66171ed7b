import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Person } from '../api/types.ts';
import { Switch } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { useWordsOr } from '../words/words-or.ts';

const source = 'Console';

/** What a person agreed to, with when and where; a change is a new answer, the old ones stay as evidence. */
export function Consent({ person }: { person: Person }) {
  const { t } = useTranslation('people');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const key = [slug, 'person', person.id];
  const record = useMutation({
    mutationFn: (purposes: Record<string, boolean>) =>
      api.send<Person['consent']>('POST', `/api/people/${person.id}/consent`, { purposes, source }),
    onSuccess: (consent, asked) => {
      cache.setQueryData<Person>(key, (now) => now && { ...now, consent: { ...now.consent, ...consent } });
      const back = Object.fromEntries(Object.entries(asked).map(([purpose, granted]) => [purpose, !granted]));
      tell(t('one.recorded'), { undo: () => record.mutate(back) });
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const wordsOr = useWordsOr('people');
  const nameOf = (purpose: string) => wordsOr(`one.purposes.${purpose}`, purpose);
  return (
    <div className="divide-y divide-line">
      {Object.entries(person.consent).map(
        ([purpose, { granted, asked, time, source: where, text_version }]) => (
          <Switch
            key={purpose}
            label={nameOf(purpose)}
            checked={granted}
            disabled={!may('people:write') || record.isPending}
            onChange={(answer) => record.mutate({ [purpose]: answer })}
            note={
              asked && time
                ? t('one.asked', {
                    moment: format.moment(time),
                    source: where ?? '–',
                    version: text_version ?? '–',
                  })
                : t('one.byDefault')
            }
          />
        ),
      )}
    </div>
  );
}
