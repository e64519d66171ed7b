import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RefreshCw, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import Type from 'typebox';
import type { Answered } from '#schema/insight/report';
import { type LayersReport, layers, ValueSettings } from '#schema/insight/value';
import { useSession } from '../api/session.tsx';
import type { Settings } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { SettingsForm } from './form.tsx';
import { SettingsPage } from './settings-page.tsx';

const Money = Type.Pick(ValueSettings, ['marginRate', 'months']);
const Weights = Type.Pick(ValueSettings, ['functional', 'emotional', 'social']);
const Limits = Type.Pick(ValueSettings, ['emotionalFrom', 'socialFrom']);
const Degrees = Type.Pick(ValueSettings, ['degrees']);
const nth = ['first', 'second', 'third'] as const;
/** Of these the values of the night are made. */
const nightly = ['value_layers', 'lifetime'];

/** What value is computed of: margin, weights, limits, degrees; and what changing one of them does. */
export default function ValueRules() {
  const { t } = useTranslation('settings');
  const { t: report } = useTranslation('insight');
  const { api, slug } = useSession();
  const now = useQuery({
    queryKey: [slug, 'value-settings', 'layers'],
    queryFn: ({ signal }) => api.get<Answered<LayersReport>>('/api/reports/value-layers', {}, signal),
    staleTime: 60_000,
    retry: false,
  });
  const found = now.data?.result;
  return (
    <SettingsPage title={t('value.title')} answer={t('value.answer')}>
      <Section title={t('value.money')} note={t('value.moneyNote')}>
        <SettingsForm name="value.money" section="value" schema={Money}>
          {({ value, change, mistakes }) => (
            <div className="grid gap-4 sm:grid-cols-2">
              <Percent
                label={t('value.margin')}
                hint={<MarginMeans found={found} rate={value.marginRate} />}
                value={value.marginRate}
                error={mistakes.get('/marginRate')}
                onChange={(marginRate) => change({ marginRate })}
              />
              <Input
                type="number"
                inputMode="numeric"
                min={1}
                max={60}
                label={t('value.months')}
                hint={t('value.monthsHint')}
                value={Number.isNaN(value.months) ? '' : value.months}
                error={mistakes.get('/months')}
                onChange={(event) => change({ months: numberOf(event.target.value) })}
              />
            </div>
          )}
        </SettingsForm>
      </Section>
      <Section title={t('value.weights')} note={t('value.weightsNote')}>
        <SettingsForm name="value.weights" section="value" schema={Weights}>
          {({ value, change, mistakes }) =>
            layers.map((layer) => (
              <fieldset key={layer} className="min-w-0">
                <legend className="mb-2 font-semibold">
                  {report(`reports.value-layers.layers.${layer}`)}
                  <span className="ml-2 font-normal text-quiet">
                    {report(`reports.value-layers.layerNotes.${layer}`)}
                  </span>
                </legend>
                <WeightFields
                  layer={layer}
                  weights={value[layer]}
                  mistakes={mistakes}
                  onChange={(weights) => change({ [layer]: weights })}
                />
              </fieldset>
            ))
          }
        </SettingsForm>
      </Section>
      <Section title={t('value.limits')} note={t('value.limitsNote')}>
        <SettingsForm name="value.limits" section="value" schema={Limits}>
          {({ value, change, mistakes, saved }) => (
            <div className="grid gap-4 sm:grid-cols-2">
              {(['emotional', 'social'] as const).map((layer) => (
                <Input
                  key={layer}
                  type="number"
                  inputMode="decimal"
                  min={0}
                  max={100}
                  step="any"
                  label={t(`value.${layer}From`)}
                  hint={
                    <LimitMeans
                      found={found}
                      layer={layer}
                      from={value[`${layer}From`]}
                      saved={saved[`${layer}From`]}
                    />
                  }
                  value={Number.isNaN(value[`${layer}From`]) ? '' : value[`${layer}From`]}
                  error={mistakes.get(`/${layer}From`)}
                  onChange={(event) => change({ [`${layer}From`]: numberOf(event.target.value) })}
                />
              ))}
            </div>
          )}
        </SettingsForm>
      </Section>
      <Section title={t('value.degrees')} note={t('value.degreesNote')}>
        <SettingsForm name="value.degrees" section="value" schema={Degrees}>
          {({ value, change, mistakes }) => (
            <div className="grid gap-4 sm:grid-cols-3">
              {nth.map((one, i) => (
                <Percent
                  key={one}
                  label={t(`value.degree.${one}`)}
                  value={value.degrees[i] ?? 0}
                  error={mistakes.get(`/degrees/${i}`)}
                  onChange={(share) => change({ degrees: value.degrees.with(i, share) })}
                />
              ))}
            </div>
          )}
        </SettingsForm>
      </Section>
      <WhatFollows />
    </SettingsPage>
  );
}

const numberOf = (text: string) => (text === '' ? Number.NaN : Number(text));

/** A share, typed as a percentage. */
function Percent(props: {
  label: string;
  hint?: ReactNode;
  value: number;
  error: string | undefined;
  onChange: (share: number) => void;
}) {
  const { t } = useTranslation('settings');
  const { value, error } = props;
  return (
    <Input
      type="number"
      inputMode="decimal"
      min={0}
      max={100}
      step="any"
      label={props.label}
      hint={props.hint}
      value={Number.isNaN(value) ? '' : Math.round(value * 1e6) / 1e4}
      // The schema speaks of shares.
      error={error && t('value.percent')}
      onChange={(event) => props.onChange(Math.round(numberOf(event.target.value) * 1e4) / 1e6)}
    />
  );
}

/** What a margin makes of what everybody bought in the last year. */
function MarginMeans({ found, rate }: { found: LayersReport | undefined; rate: number }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  if (!found || found.margin_rate === 0 || Number.isNaN(rate)) return t('value.marginHint');
  const margin = found.standings.reduce((sum, one) => sum + Number(one.margin), 0);
  if (margin === 0) return t('value.marginHint');
  const money = (share: number) =>
    format.money(((margin / found.margin_rate) * share).toFixed(2), found.currency);
  return rate === found.margin_rate
    ? t('value.marginIs', { money: money(rate) })
    : t('value.marginBecomes', { before: money(found.margin_rate), money: money(rate) });
}

/** Who stands in the layer now; of another limit how many have such a score, which the report tells by tens. */
function LimitMeans(props: {
  found: LayersReport | undefined;
  layer: 'emotional' | 'social';
  from: number;
  saved: number;
}) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const scores = props.found?.layers.find(({ layer }) => layer === props.layer)?.scores;
  if (!scores || Number.isNaN(props.from)) return t('value.limitHint');
  if (props.from === props.saved) {
    const people = props.found?.standings.find(({ standing }) => standing === props.layer)?.people ?? 0;
    return t('value.limitIs', { count: people, people: format.exact(people) });
  }
  // scores[c] have a score above 10 (c - 1), up to 10 c; whoever has 0 stands nowhere.
  const sum = (isIn: (c: number) => boolean) =>
    scores.reduce((all, n, c) => (c > 0 && isIn(c) ? all + n : all), 0);
  const [low, high] = [sum((c) => 10 * (c - 1) >= props.from), sum((c) => 10 * c >= props.from)];
  // At a whole ten hardly anybody has just that score.
  return low === high || props.from % 10 === 0
    ? t('value.limitMeans', { count: low, people: format.exact(low) })
    : t('value.limitMeansRange', { low: format.exact(low), high: format.exact(high) });
}

function WeightFields(props: {
  layer: (typeof layers)[number];
  weights: Record<string, number>;
  mistakes: ReadonlyMap<string, string>;
  onChange: (weights: Record<string, number>) => void;
}) {
  const { t } = useTranslation('settings');
  const { t: report } = useTranslation('insight');
  const format = useFormat();
  const { layer, weights } = props;
  const sum = Object.values(weights).reduce((all, one) => all + (Number.isNaN(one) ? 0 : one), 0);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {Object.entries(weights).map(([part, weight]) => (
        <Percent
          key={part}
          label={report(`reports.value-layers.parts.${part as 'money'}`)}
          hint={
            sum > 0
              ? t('value.weightMeans', { share: format.percent((Number.isNaN(weight) ? 0 : weight) / sum) })
              : t('value.noWeight')
          }
          value={weight}
          error={props.mistakes.get(`/${layer}/${part}`)}
          onChange={(share) => props.onChange({ ...weights, [part]: share })}
        />
      ))}
    </div>
  );
}

/** What a change reaches, and when; the values of the night anew, and everything as it usually is. */
function WhatFollows() {
  const { t } = useTranslation('settings');
  const { api, slug, may } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const onError = (error: unknown) => tell(problem(error), { tone: 'wrong' });
  const anew = useMutation({
    mutationFn: () => api.send('POST', '/api/computed-traits/refresh', { names: nightly }),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: [slug, 'computed-traits'] });
      tell(t('value.beingMade'));
    },
    onError,
  });
  const put = useMutation({
    mutationFn: (value: object | null) => api.send<Settings>('PATCH', '/api/settings', { value }),
    onSuccess: (settings) => cache.setQueryData<Settings>([slug, 'settings'], settings),
    onError,
  });
  const setBack = async () => {
    const { value } = await api.get<Settings>('/api/settings');
    put.mutate(null, {
      onSuccess: () => tell(t('value.isBack'), { undo: () => put.mutate(value ?? null) }),
    });
  };
  return (
    <Section title={t('value.follows')}>
      <ul className="grid max-w-[68ch] list-disc gap-1 pl-5">
        <li>{t('value.followsReports')}</li>
        <li>{t('value.followsNight')}</li>
        <li>{t('value.followsNothing')}</li>
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {may('segments:write') && (
          <Button icon={RefreshCw} busy={anew.isPending} onClick={() => anew.mutate()}>
            {t('value.anew')}
          </Button>
        )}
        {may('settings:write') && (
          <Button icon={RotateCcw} busy={put.isPending} onClick={() => void setBack().catch(onError)}>
            {t('value.back')}
          </Button>
        )}
        <Link to="/reports/$report" params={{ report: 'value-layers' }} className="link px-2">
          {t('value.see')}
        </Link>
      </div>
    </Section>
  );
}
