import { useTranslation } from 'react-i18next';
import { WordInput, WordSelect } from '../kit/word.tsx';
import { Line, type Part } from './rule-line.tsx';

/** By their place. */
export const degreeNames = ['first', 'second', 'third'] as const;
const usual = ['1', '0.5', '0.25'];

/** How far up the invitations a rule pays, and which part of the points each degree has. */
export function Degrees({ rule, onChange }: Part) {
  const { t } = useTranslation('points');
  if (rule.to !== 'inviter') return null;
  const { degrees: given, ...rest } = rule;
  const degrees = given ?? ['1'];
  const set = (next: string[]) =>
    onChange(next.length === 1 && next[0] === '1' ? rest : { ...rest, degrees: next });
  return (
    <div className="grid gap-2">
      <Line>
        <span>{t('form.degrees')}</span>
        <WordSelect
          label={t('form.degreesLabel')}
          value={String(degrees.length)}
          choices={degreeNames.map((_, i) => ({
            value: String(i + 1),
            label: t('form.degreeCount', { count: i + 1 }),
          }))}
          onChange={(count) =>
            set(Array.from({ length: Number(count) }, (_, i) => degrees[i] ?? usual[i] ?? '1'))
          }
        />
        {/* A degree has no other name than its place. */}
        {Array.from(degrees.entries(), ([i, part]) => (
          <span key={i} className="inline-flex items-center gap-2">
            <span>{t(`form.degree.${degreeNames[i] ?? 'third'}`)}</span>
            <WordInput
              label={t('form.degreeLabel', { degree: i + 1 })}
              inputMode="decimal"
              value={part}
              onChange={(text) => set(degrees.toSpliced(i, 1, text ?? ''))}
            />
          </span>
        ))}
      </Line>
      <p className="text-s text-quiet">{t('form.degreesNote')}</p>
    </div>
  );
}
