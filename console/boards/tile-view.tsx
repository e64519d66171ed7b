import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttributionReport } from '#schema/insight/attribution';
import type { ChannelsReport } from '#schema/insight/channels';
import type { CohortsReport } from '#schema/insight/cohorts';
import type { ContentReport } from '#schema/insight/content';
import type { FunnelReport } from '#schema/insight/funnel';
import type { LifetimeReport } from '#schema/insight/lifetime';
import type { ProductsReport } from '#schema/insight/products';
import type { RepurchaseReport } from '#schema/insight/repurchase';
import type { StickinessReport } from '#schema/insight/stickiness';
import type { LayersReport } from '#schema/insight/value';
import type { WeekReport } from '#schema/insight/week';
import { AttributionPicture } from '../insight/attribution/attribution.tsx';
import { ChannelsPicture } from '../insight/channels/channels.tsx';
import { CohortTable } from '../insight/cohorts/table.tsx';
import { ContentPicture } from '../insight/content/content.tsx';
import { FunnelPicture } from '../insight/funnel/funnel.tsx';
import { LifetimePicture } from '../insight/lifetime/lifetime.tsx';
import { ProductsPicture } from '../insight/products/products.tsx';
import { RepurchasePicture } from '../insight/repurchase/repurchase.tsx';
import { StickinessPicture } from '../insight/stickiness/stickiness.tsx';
import { PyramidPicture } from '../insight/value-layers/value-layers.tsx';
import { WeekFigures, WeekPicture } from '../insight/week/week.tsx';
import { useFormat } from '../kit/format.ts';
import { Rows } from '../kit/rows.tsx';

export const mostLines = 6;

const picture =
  <Result,>(isEmpty: (result: Result) => boolean, draw: (result: Result) => ReactNode) =>
  (result: unknown): ReactNode =>
    isEmpty(result as Result) ? null : draw(result as Result);

/** The reports that have a picture which fits on a board. */
const pictures = new Map<string, (result: unknown) => ReactNode>([
  [
    'attribution',
    picture<AttributionReport>(
      ({ orders }) => orders === 0,
      (report) => <AttributionPicture report={report} />,
    ),
  ],
  [
    'channels',
    picture<ChannelsReport>(
      ({ people }) => people === 0,
      (report) => <ChannelsPicture report={report} />,
    ),
  ],
  [
    'cohorts',
    picture<CohortsReport>(
      ({ cohorts }) => cohorts.length === 0,
      (report) => <CohortTable report={report} as="shares" />,
    ),
  ],
  [
    'content',
    picture<ContentReport>(
      ({ content }) => content.length === 0,
      (report) => <ContentPicture report={report} />,
    ),
  ],
  [
    'funnel',
    picture<FunnelReport>(
      ({ steps }) => steps.every(({ at_all }) => at_all === 0),
      (report) => <FunnelPicture report={report} before={undefined} />,
    ),
  ],
  [
    'lifetime',
    picture<LifetimeReport>(
      ({ bands }) => bands.length === 0,
      (report) => <LifetimePicture report={report} />,
    ),
  ],
  [
    'products',
    picture<ProductsReport>(
      ({ pairs }) => pairs.length === 0,
      (report) => <ProductsPicture report={report} />,
    ),
  ],
  [
    'repurchase',
    picture<RepurchaseReport>(
      ({ curve }) => curve.length < 2,
      (report) => <RepurchasePicture report={report} before={undefined} />,
    ),
  ],
  [
    'stickiness',
    picture<StickinessReport>(
      ({ days }) => days.length === 0,
      (report) => <StickinessPicture report={report} />,
    ),
  ],
  [
    'value-layers',
    picture<LayersReport>(
      ({ people }) => people === 0,
      (report) => <PyramidPicture report={report} />,
    ),
  ],
  [
    'week',
    picture<WeekReport>(
      ({ days }) => days.length === 0,
      (report) => (
        <div className="grid gap-6">
          <WeekFigures report={report} />
          <WeekPicture report={report} />
        </div>
      ),
    ),
  ],
]);

export const hasPicture = (report: string): boolean => pictures.has(report);

/** A longer period is all that there is. */
const allFromMs = 10 * 366 * 86_400_000;

/** Of which days a tile speaks, and when it was counted. */
export function TileDays(props: {
  of: { from: string; to: string; as_of: string };
  isNarrowed: boolean;
  zone: string;
}) {
  const { t } = useTranslation('insight');
  const format = useFormat(props.zone);
  const { from, to, as_of } = props.of;
  // The last day that is in it.
  const last = new Date(Date.parse(to) - 1).toISOString();
  const isAll = Date.parse(to) - Date.parse(from) > allFromMs;
  const days = isAll ? t('boards.everything') : `${format.day(from)} – ${format.day(last)}`;
  const time = format.clock(as_of);
  return (
    <p className="mb-3 text-s text-quiet">
      {t(props.isNarrowed ? 'boards.daysOfPart' : 'boards.days', { days, time })}
    </p>
  );
}

/** What a report answered, as a picture. */
export function TilePicture({ report, result }: { report: string; result: unknown }) {
  return pictures.get(report)?.(result) ?? <Nothing />;
}

/** Of a report without a picture for boards: its first lines. */
export function TileLines(props: {
  title: string;
  note: string;
  head: readonly string[];
  lines: readonly (readonly (string | number | null)[])[];
}) {
  if (props.lines.length === 0) return <Nothing />;
  return (
    <>
      <Rows
        label={props.title}
        head={props.head}
        rows={[...props.lines.slice(0, mostLines).entries()].map(([i, cells]) => ({ key: String(i), cells }))}
      />
      <p className="mt-2 text-s text-quiet">{props.note}</p>
    </>
  );
}

function Nothing() {
  const { t } = useTranslation('insight');
  return <p className="py-6 text-quiet">{t('boards.noFigures')}</p>;
}
