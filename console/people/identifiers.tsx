import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Identifier, Person } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { Tag } from '../kit/tag.tsx';
import { IdentifierText } from './identifier-text.tsx';

/** Every identifier with the evidence that ties it to the others. */
export function Identifiers({ person }: { person: Person }) {
  return (
    <ul className="divide-y divide-line">
      {person.identifiers.map((identifier) => (
        <li key={`${identifier.kind}:${identifier.value}`} className="py-2.5 first:pt-0">
          <One identifier={identifier} />
        </li>
      ))}
    </ul>
  );
}

const rules = ['event', 'identify', 'alias'] as const;
const outcomes = ['joined', 'conflict', 'apart', 'off'] as const;

function One({ identifier }: { identifier: Identifier }) {
  const { t } = useTranslation('people');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const { kind, value, state, evidence } = identifier;
  const outcomeWords = (outcome: string) => {
    const known = outcomes.find((one) => one === outcome);
    return known ? t(`one.outcome.${known}`) : outcome;
  };
  return (
    <>
      <div className="flex items-center justify-between gap-3">
        <IdentifierText text={`${kind}:${value}`} />
        {state !== 'active' && (
          <Tag tone={state === 'retired' ? 'plain' : 'wrong'}>{t(`one.state.${state}`)}</Tag>
        )}
      </div>
      <p className="pl-5 text-s text-quiet">{t('one.since', { day: format.day(identifier.first_seen) })}</p>
      {evidence.length > 0 && (
        <details className="pl-5 text-s">
          <summary className="link cursor-pointer">{t('one.evidence', { count: evidence.length })}</summary>
          <ul className="mt-1 grid gap-2 border-line border-l pl-3">
            {evidence.slice(0, 20).map((piece) => (
              <li key={`${piece.message_id}${piece.time}${piece.with.join()}`}>
                <span className="text-quiet">{t('one.cameWith')}</span>
                <span className="flex flex-col">
                  {piece.with.map((text) => (
                    <IdentifierText key={text} text={text} />
                  ))}
                </span>
                <span className="text-quiet">
                  {t(`one.rule.${rules.find((rule) => rule === piece.rule) ?? 'decision'}`)},{' '}
                  {outcomeWords(piece.outcome)}, {format.moment(piece.time)}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
