import { Link } from '@tanstack/react-router';
import { ArrowLeft, ChartNoAxesCombined, Download, Link2, Radio } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '#schema/insight/report';
import { useSession } from '../api/session.tsx';
import { ToBoard } from '../boards/to-board.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { Computed } from '../kit/computed.tsx';
import { download } from '../kit/download.ts';
import { FilterBar } from '../kit/filter-bar.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import type { Period } from '../kit/period.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import type { ReportPlace } from './catalogue.ts';
import { useQuestionFilters } from './filters.ts';
import { commonNames, keepPeriod, type Own, useQuestion, useReport } from './question.ts';

/** Older answers say so. */
const oldMs = 60_000;

/**
 * The page of a report: the question in the address and in the filters, the answer in a sentence, what the report shows,
 * and how it was computed. Its words stand at `reports.<name>`: `title`, `about`, `how` and, where there is one,
 * `formula`, `emptyTitle`, `emptyWhy`.
 */
export function ReportPage<Result>(props: {
  name: ReportPlace['name'];
  /** Its own parameters, as the API takes them. */
  own?: Own;
  /** The period where the address says none. */
  usual?: Period;
  /** What its own parameters are chosen by, over the answer. */
  controls?: ReactNode;
  /** Why it cannot be asked yet, instead of an answer. */
  unfinished?: ReactNode;
  isEmpty: (result: Result) => boolean;
  /** The answer in a sentence. */
  answer: (answered: Answered<Result>) => ReactNode;
  children: (answered: Answered<Result>) => ReactNode;
}) {
  const { t, i18n } = useTranslation('insight');
  const { api, may, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const tell = useTell();
  const { name, own, usual, unfinished } = props;
  const { address, change, query } = useQuestion(usual);
  const isUnsaid = usual !== undefined && address.period === undefined;
  // The bar above says which days a page speaks of, so they stand in the address.
  useEffect(() => {
    if (isUnsaid) change({ period: usual });
  }, [isUnsaid, usual, change]);
  const filters = useQuestionFilters();
  const report = useReport<Result>(name, { own, usual, enabled: !unfinished });
  const answered = unfinished ? undefined : report.data;
  const isEmpty = answered !== undefined && props.isEmpty(answered.result);
  const has = (part: 'formula' | 'emptyTitle' | 'emptyWhy') => i18n.exists(`insight:reports.${name}.${part}`);
  const word = (part: string) => (i18n.t as (key: string) => string)(`insight:reports.${name}.${part}`);
  const isOld = answered !== undefined && Date.now() - Date.parse(answered.as_of) > oldMs;
  const isNarrowed = commonNames.some((one) => one !== 'compare' && address[one]);

  async function csv() {
    const given = Object.entries({ ...query(), ...own }).filter(([, value]) => value);
    const file = await api.file(
      `/api/reports/${name}.csv?${new URLSearchParams(given as [string, string][])}`,
    );
    download(`${word('title')}.csv`, file.content, 'text/csv');
  }

  return (
    <Page
      title={word('title')}
      answer={answered && !isEmpty ? props.answer(answered) : word('about')}
      actions={
        <>
          <Link to="/reports" search={keepPeriod} className={buttonClass('quiet')}>
            <ArrowLeft size={16} aria-hidden="true" />
            {t('all')}
          </Link>
          <ToBoard report={name} title={word('title')} />
          <Button
            icon={Link2}
            onClick={() => {
              void navigator.clipboard.writeText(location.href).then(() => tell(t('copied')));
            }}
          >
            {t('copy')}
          </Button>
          <Button
            icon={Download}
            disabled={!answered || isEmpty}
            onClick={() => void csv().catch(() => tell(t('noCsv')))}
          >
            CSV
          </Button>
        </>
      }
    >
      <div className="mb-6 grid gap-4">
        <FilterBar filters={filters} value={address} onChange={change} />
        {props.controls}
      </div>
      {unfinished}
      {report.error && !unfinished && (
        <ErrorState error={report.error} onRetry={() => void report.refetch()} />
      )}
      {report.isPending && !unfinished && <Skeleton lines={8} />}
      {isEmpty && !report.error && (
        <EmptyState
          icon={answered.has_events ? ChartNoAxesCombined : Radio}
          title={
            answered.has_events ? (has('emptyTitle') ? word('emptyTitle') : t('emptyTitle')) : t('nothingYet')
          }
          why={
            answered.has_events ? (has('emptyWhy') ? word('emptyWhy') : t('emptyWhy')) : t('nothingYetWhy')
          }
          action={
            !answered.has_events ? (
              may('sources:read') && (
                <Link to="/sources" className={buttonClass('main')}>
                  <Radio size={16} aria-hidden="true" />
                  {t('send')}
                </Link>
              )
            ) : isNarrowed ? (
              <Button
                look="main"
                onClick={() => change(Object.fromEntries(commonNames.map((one) => [one, undefined])))}
              >
                {t('widen')}
              </Button>
            ) : (
              <Button look="main" onClick={() => change({ period: '365d' })}>
                {t('aYear')}
              </Button>
            )
          }
        />
      )}
      {answered && !isEmpty && (
        <div
          aria-busy={report.isPlaceholderData}
          className={report.isPlaceholderData ? 'opacity-60' : undefined}
        >
          {props.children(answered)}
        </div>
      )}
      <div className="mt-8 grid gap-2 border-line border-t pt-4">
        {isOld && <p className="text-s text-quiet">{t('asOf', { time: format.clock(answered.as_of) })}</p>}
        <Computed
          definition={
            <>
              <p>{word('how')}</p>
              <p className="mt-2">{t('howCommon')}</p>
            </>
          }
          {...(has('formula') ? { query: word('formula') } : {})}
        />
      </div>
    </Page>
  );
}
