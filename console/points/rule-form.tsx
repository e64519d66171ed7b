import { useTranslation } from 'react-i18next';
import { Switch } from '../kit/field.tsx';
import { Pick } from '../kit/pick.tsx';
import { WordInput, WordNumber, WordSelect } from '../kit/word.tsx';
import { EventWords, Wheres } from '../segments/build-events.tsx';
import { useSegmentOptions } from '../segments/build-seen.ts';
import { Degrees } from './rule-degrees.tsx';
import { Factors } from './rule-factors.tsx';
import { Line, type Part } from './rule-line.tsx';
import type { RuleBody } from './use-points.ts';

const origins = ['purchase', 'sharing', 'sale', 'gift', 'activity'] as const;

export function RuleForm(props: Part & { currency: string }) {
  const { t } = useTranslation('points');
  const { rule, onChange } = props;
  const { past: _, ...withoutPast } = rule;
  return (
    <div className="grid gap-4">
      <When {...props} />
      <Pays {...props} />
      <Degrees {...props} />
      <Factors {...props} />
      <Time {...props} />
      <Caps {...props} />
      <Line>
        <span>{t('form.origin')}</span>
        <WordSelect
          label={t('form.originLabel')}
          value={rule.origin}
          choices={origins.map((value) => ({ value, label: t(`origin.${value}`) }))}
          onChange={(origin) => onChange({ ...rule, origin: origin as RuleBody['origin'] })}
        />
      </Line>
      <div className="max-w-xl">
        <Switch
          label={t('form.past')}
          note={t('form.pastNote')}
          checked={rule.past ?? false}
          onChange={(past) => onChange(past ? { ...rule, past } : withoutPast)}
        />
      </div>
    </div>
  );
}

function When({ rule, onChange }: Part) {
  const { t } = useTranslation('points');
  const segments = useSegmentOptions();
  const { when } = rule;
  const isEntry = 'enters' in when;
  return (
    <div className="grid gap-2">
      <Line>
        <span>{t('form.when')}</span>
        <WordSelect
          label={t('form.whenKind')}
          value={isEntry ? 'enters' : 'event'}
          choices={[
            { value: 'event', label: t('form.does') },
            { value: 'enters', label: t('form.comesInto') },
          ]}
          onChange={(kind) =>
            onChange(
              kind === 'event'
                ? { ...rule, when: { event: 'Order Completed' } }
                : {
                    ...rule,
                    when: { enters: segments[0]?.value ?? '' },
                    points: { fixed: 100 },
                    origin: 'gift',
                  },
            )
          }
        />
        {isEntry ? (
          <Pick
            label={t('form.segment')}
            missing={t('form.segmentMissing')}
            value={when.enters === '' ? [] : [when.enters]}
            options={segments}
            onChange={([enters = '']) => onChange({ ...rule, when: { enters } })}
          />
        ) : (
          <EventWords
            label={t('form.event')}
            match={when.event}
            onChange={(event) => onChange({ ...rule, when: { event } as RuleBody['when'] })}
          />
        )}
      </Line>
      {!isEntry && (
        <Wheres
          match={when.event}
          onChange={(event) => onChange({ ...rule, when: { event } as RuleBody['when'] })}
        />
      )}
    </div>
  );
}

function Pays({ rule, onChange, currency }: Part & { currency: string }) {
  const { t } = useTranslation('points');
  const { points } = rule;
  const kind = 'fixed' in points ? 'fixed' : 'per' in points ? 'per' : 'products';
  const isEntry = 'enters' in rule.when;
  const choices = (isEntry ? (['fixed'] as const) : (['per', 'fixed', 'products'] as const)).map((value) => ({
    value,
    label: t(`form.kind.${value}`),
  }));
  const product = 'products' in points ? points.products[0] : undefined;
  const test = product?.where[0];
  const setKind = (next: string) => {
    if (next === 'fixed') onChange({ ...rule, points: { fixed: 100 } });
    else if (next === 'per') onChange({ ...rule, points: { points: 1, per: '1', currency } });
    else {
      const where = [{ property: 'category', equals: '' }];
      onChange({ ...rule, points: { products: [{ where, each: 10 }] } });
    }
  };
  const setProduct = (next: { property?: string; equals?: string; each?: number }) => {
    const property = next.property ?? String(test?.property ?? 'category');
    const equals = next.equals ?? String(test?.equals ?? '');
    const each = next.each ?? product?.each ?? 1;
    onChange({ ...rule, points: { products: [{ where: [{ property, equals }], each }] } });
  };
  return (
    <Line>
      <span>{t('form.pay')}</span>
      <WordSelect
        label={t('form.toLabel')}
        value={rule.to}
        choices={(isEntry
          ? (['person', 'inviter'] as const)
          : (['person', 'inviter', 'seller'] as const)
        ).map((value) => ({ value, label: t(`form.to.${value}`) }))}
        onChange={(to) => {
          const { degrees: __, ...rest } = rule;
          onChange({ ...rest, to: to as RuleBody['to'], origin: originOf(to) });
        }}
      />
      <WordNumber
        label={t('form.points')}
        whole
        value={'fixed' in points ? points.fixed : 'per' in points ? points.points : (product?.each ?? null)}
        onChange={(value) => {
          const many = Math.max(1, value ?? 1);
          if ('fixed' in points) onChange({ ...rule, points: { fixed: many } });
          else if ('per' in points) onChange({ ...rule, points: { ...points, points: many } });
          else setProduct({ each: many });
        }}
      />
      <span>{t('form.pointsWord')}</span>
      <WordSelect label={t('form.kindLabel')} value={kind} choices={choices} onChange={setKind} />
      {'per' in points && (
        <>
          <WordInput
            label={t('form.per')}
            inputMode="decimal"
            value={points.per}
            onChange={(per) => onChange({ ...rule, points: { ...points, per: per ?? '' } })}
          />
          <WordInput
            label={t('form.currency')}
            maxLength={3}
            value={points.currency}
            onChange={(text) =>
              onChange({ ...rule, points: { ...points, currency: (text ?? '').toUpperCase() } })
            }
          />
        </>
      )}
      {'products' in points && (
        <>
          <WordInput
            label={t('form.property')}
            value={String(test?.property ?? '')}
            onChange={(property) => setProduct({ property: property ?? '' })}
          />
          <span>{t('form.is')}</span>
          <WordInput
            label={t('form.value')}
            value={String(test?.equals ?? '') || null}
            onChange={(equals) => setProduct({ equals: equals ?? '' })}
          />
        </>
      )}
    </Line>
  );
}

const originOf = (to: string): RuleBody['origin'] =>
  to === 'inviter' ? 'sharing' : to === 'seller' ? 'sale' : 'purchase';

function Time({ rule, onChange }: Part) {
  const { t } = useTranslation('points');
  const { hold_days, expires_days, ...rest } = rule;
  return (
    <Line>
      <span>{t('form.hold')}</span>
      <WordNumber
        label={t('form.holdLabel')}
        whole
        value={hold_days ?? 0}
        onChange={(days) =>
          onChange({
            ...rest,
            ...(days ? { hold_days: days } : {}),
            ...(expires_days ? { expires_days } : {}),
          })
        }
      />
      <span>{t('form.days')}</span>
      <span>{t('form.expire')}</span>
      <WordNumber
        label={t('form.expireLabel')}
        whole
        value={expires_days ?? null}
        onChange={(days) =>
          onChange({ ...rest, ...(hold_days ? { hold_days } : {}), ...(days ? { expires_days: days } : {}) })
        }
      />
      <span>{t('form.daysOrPolicy')}</span>
    </Line>
  );
}

const capKinds = ['order', 'day', 'person', 'all'] as const;

function Caps({ rule, onChange }: Part) {
  const { t } = useTranslation('points');
  const { caps = {}, ...rest } = rule;
  return (
    <Line>
      <span>{t('form.atMost')}</span>
      {capKinds.map((kind) => (
        <span key={kind} className="inline-flex items-center gap-2">
          <WordNumber
            label={t(`form.cap.${kind}`)}
            whole
            value={caps[kind] ?? null}
            onChange={(most) => {
              const { [kind]: ___, ...others } = caps;
              const next = most ? { ...others, [kind]: most } : others;
              onChange(Object.keys(next).length > 0 ? { ...rest, caps: next } : rest);
            }}
          />
          <span className="text-quiet">{t(`form.capWord.${kind}`)}</span>
        </span>
      ))}
    </Line>
  );
}
