import { useTranslation } from 'react-i18next';
import type { PersonasReport } from '#schema/insight/personas';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { PeopleButton } from '../people-button.tsx';
import { ReportPage } from '../report-page.tsx';

const leanings = ['innovation', 'privacy', 'individuality', 'value', 'circle', 'connectedness'] as const;
type Persona = PersonasReport['personas'][number];

/** Groups of people who behave alike, each with a portrait. */
export default function PersonasPage() {
  const { t } = useTranslation('insight');
  return (
    <ReportPage<PersonasReport>
      name="personas"
      usual="365d"
      isEmpty={({ personas }) => personas.length === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Section title={t('reports.personas.groups')}>
            <ul className="grid gap-x-10 gap-y-8 md:grid-cols-2">
              {result.personas.map((persona) => (
                <Portrait key={persona.name} persona={persona} report={result} />
              ))}
            </ul>
          </Section>
          <Pictured report={result} />
        </>
      )}
    </ReportPage>
  );
}

/** A name by the two things that set a group apart most; groups that share the first are told apart by the second. */
function useNameOf(): (persona: Persona) => string {
  const { t } = useTranslation('insight');
  return ({ leans: [first, second] }) => {
    if (!first) return t('reports.personas.names.none');
    const name = t(`reports.personas.names.${first}`);
    return second
      ? t('reports.personas.also', { first: name, second: t(`reports.personas.leanings.${second}`) })
      : name;
  };
}

function Answer({ report }: { report: PersonasReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useNameOf();
  const largest = report.personas.reduce((most, one) => (one.people > most.people ? one : most));
  return (
    <p>
      {t('reports.personas.answer', {
        people: format.exact(report.people),
        count: report.personas.length,
        name: nameOf(largest),
        share: format.percent(largest.people / report.people),
      })}
    </p>
  );
}

function Portrait({ persona, report }: { persona: Persona; report: PersonasReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useNameOf();
  const name = nameOf(persona);
  const one = (value: number) => format.exact(Math.round(value * 10) / 10);
  const list = (names: readonly (typeof leanings)[number][]) =>
    names.map((leaning) => t(`reports.personas.leanings.${leaning}`)).join(t('reports.personas.listed'));
  return (
    <li className="min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h3 className="font-semibold">{name}</h3>
        <PeopleButton
          rule={{ trait: { computed: 'persona' }, equals: persona.name }}
          label={t('reports.personas.segment', { name })}
        />
      </div>
      <p className="mb-2 text-s text-quiet tabular-nums">
        {t('reports.personas.size', {
          people: format.exact(persona.people),
          share: format.percent(persona.people / report.people),
        })}
      </p>
      <p>
        {t('reports.personas.portrait', {
          days: one(persona.days),
          orders: one(persona.orders),
          revenue: format.money(persona.revenue.toFixed(2), report.currency),
          shares: one(persona.shares),
        })}
      </p>
      <p className="mt-1 text-s text-quiet">
        {persona.leans.length > 0
          ? t('reports.personas.leans', { names: list(persona.leans) })
          : t('reports.personas.neither')}{' '}
        {persona.shuns.length > 0 && t('reports.personas.shuns', { names: list(persona.shuns) })}
      </p>
      <dl className="mt-3 grid gap-1.5 text-s">
        {leanings.map((leaning) => {
          const score = persona.scores[leaning];
          return (
            <div key={leaning} className="grid grid-cols-[7.5rem_minmax(0,1fr)_2rem] items-center gap-3">
              <dt className="text-quiet">{t(`reports.personas.leanings.${leaning}`)}</dt>
              <dd aria-hidden="true" className="h-1.5 rounded-full bg-sunken">
                <div className="h-full rounded-full bg-good" style={{ width: `${score}%` }} />
              </dd>
              <dd className="text-right tabular-nums">{Math.round(score)}</dd>
            </div>
          );
        })}
      </dl>
    </li>
  );
}

function Pictured({ report }: { report: PersonasReport }) {
  const { t } = useTranslation('insight');
  const nameOf = useNameOf();
  const round = (value: number) => Math.round(value * 10) / 10;
  return (
    <Section title={t('reports.personas.picture')}>
      <Picture
        kind="bar"
        title={t('reports.personas.picture')}
        summary={t('reports.personas.pictureSummary')}
        by={t('reports.personas.leaning')}
        categories={leanings.map((leaning) => t(`reports.personas.leanings.${leaning}`))}
        series={[
          ...report.personas.map((persona) => ({
            name: nameOf(persona),
            values: leanings.map((leaning) => round(persona.scores[leaning])),
          })),
          {
            name: t('reports.personas.all'),
            isBefore: true,
            values: leanings.map((leaning) => round(report.mean[leaning])),
          },
        ]}
      />
    </Section>
  );
}
