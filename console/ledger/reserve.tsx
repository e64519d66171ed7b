import { ArrowDownToLine, ArrowUpFromLine } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import type { Programme } from '../points/use-points.ts';
import { fromMinor } from './minor.ts';
import { Proposals } from './proposals.tsx';
import { Propose, type Wanted } from './propose.tsx';
import { useReport } from './use-ledger.ts';

/** What stands behind the points, and what moves it: always two people. */
export function Reserve({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const { may } = useSession();
  const [asking, setAsking] = useState<Wanted | null>(null);
  return (
    <>
      <Section
        title={t('reserve.title')}
        note={t('reserve.note')}
        actions={
          may('points:write') && (
            <div className="flex flex-wrap gap-2">
              <Button icon={ArrowUpFromLine} onClick={() => setAsking({ kind: 'pay-out' })}>
                {t('reserve.payOut')}
              </Button>
              <Button look="main" icon={ArrowDownToLine} onClick={() => setAsking({ kind: 'pay-in' })}>
                {t('reserve.payIn')}
              </Button>
            </div>
          )
        }
      >
        <Standing programme={programme} />
      </Section>
      <Section title={t('proposals.title')} note={t('proposals.note')}>
        <Proposals programme={programme} />
      </Section>
      {asking && <Propose programme={programme} wanted={asking} onClose={() => setAsking(null)} />}
    </>
  );
}

function Standing({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const report = useReport(programme.id);
  if (report.error) return <ErrorState error={report.error} onRetry={() => void report.refetch()} />;
  if (!report.data) return <Skeleton lines={4} />;
  const { reserve, covered, outstanding, held, expected } = report.data.now;
  const money = format.money(fromMinor(reserve, programme.currency), programme.currency);
  const isShort = covered < outstanding;
  return (
    <div className="grid gap-4">
      <p className="max-w-[68ch]">
        {reserve === 0 && outstanding === 0
          ? t('reserve.empty')
          : isShort
            ? t('reserve.short', { points: format.exact(outstanding - covered) })
            : outstanding === 0
              ? t('reserve.unused')
              : t('reserve.answer', { times: format.exact(Math.floor((covered / outstanding) * 100) / 100) })}
      </p>
      <dl className="grid grid-cols-2 gap-x-8 gap-y-4 lg:grid-cols-4">
        <Fact name={t('reserve.money')} value={money} />
        <Fact
          name={t('reserve.covers')}
          value={format.exact(covered)}
          note={t('reserve.ratio', { ratio: format.exact(programme.ratio) })}
        />
        <Fact
          name={t('reserve.outstanding')}
          value={format.exact(outstanding)}
          note={held > 0 ? t('reserve.held', { points: format.exact(held) }) : undefined}
        />
        <Fact
          name={t('reserve.free')}
          value={format.exact(Math.max(0, covered - outstanding))}
          note={expected === null ? undefined : t('reserve.expected', { points: format.exact(expected) })}
        />
      </dl>
    </div>
  );
}

export function Fact(props: { name: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-s text-quiet">{props.name}</dt>
      <dd className="text-xl font-semibold tabular-nums [overflow-wrap:anywhere]">{props.value}</dd>
      {props.note && <dd className="text-s text-quiet">{props.note}</dd>}
    </div>
  );
}
