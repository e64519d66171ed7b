import { useTranslation } from 'react-i18next';
import { Pick } from '../kit/pick.tsx';
import { useFields } from './build-seen.ts';
import { isObject, matchOf, texts } from './rule.ts';

/** A property or a column of these events, of which something is worked out. */
export function MeasuredPick(props: { match: unknown; value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation('segments');
  const { value } = props;
  const fields = useFields(matchOf(props.match));
  const offered = fields.filter(({ field }) => !('product' in field));
  const key = value === null || value === undefined ? null : JSON.stringify(value);
  const plain = (path: readonly string[]) => (path.length === 1 ? (path[0] ?? '') : path);
  return (
    <Pick
      label={t('build.measure.what')}
      missing={t('build.where.missing')}
      value={key === null ? [] : [key]}
      options={offered.map(({ field, label }) => ({
        value: JSON.stringify('property' in field ? plain(field.property) : field),
        label,
      }))}
      labelOf={(one) => {
        const read: unknown = JSON.parse(one);
        return isObject(read) ? t(`build.columns.${read.column as 'total'}`) : texts(read).join(' › ');
      }}
      typed={(text) => ({ value: JSON.stringify(text), label: text })}
      onChange={([next]) => next !== undefined && props.onChange(JSON.parse(next))}
    />
  );
}
