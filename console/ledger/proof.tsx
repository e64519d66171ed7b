import { useMutation } from '@tanstack/react-query';
import { ExternalLink, ScanSearch } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import type { Programme } from '../points/use-points.ts';
import { Find } from './find.tsx';
import { Fact } from './reserve.tsx';
import { useLaws, useLogState, useMoved } from './use-ledger.ts';

/** Whether the books are what they should be, and how anybody can see that without us. */
export function Proof({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  return (
    <>
      <Section
        title={t('proof.title')}
        note={t('proof.note')}
        actions={
          <a
            href={`/proof/${programme.slug}`}
            target="_blank"
            rel="noreferrer"
            className={buttonClass('main')}
            title={t('proof.pageNote')}
          >
            <ExternalLink size={16} aria-hidden="true" className="shrink-0" />
            {t('proof.page')}
          </a>
        }
      >
        <LogPart programme={programme} />
      </Section>
      <Laws programme={programme} />
      <Find programme={programme} />
    </>
  );
}

function LogPart({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const log = useLogState(programme.id);
  if (log.error) return <ErrorState error={log.error} onRetry={() => void log.refetch()} />;
  if (!log.data) return <Skeleton lines={4} />;
  const { size, signed, signedAt, waiting, totalsAt, held } = log.data;
  const behind = waiting + size - signed;
  const moment = (at: string) => <span title={format.moment(at)}>{format.ago(at)}</span>;
  return (
    <div className="grid gap-5">
      {!held && (
        <p className={behind === 0 ? 'text-good' : undefined}>
          {behind === 0 ? t('proof.well') : t('proof.behind', { count: behind })}
        </p>
      )}
      <dl className="grid grid-cols-2 gap-x-8 gap-y-4 lg:grid-cols-4">
        <Fact name={t('proof.size')} value={format.exact(size)} note={t('proof.signed', { count: signed })} />
        <Fact
          name={t('proof.checkpoint')}
          value={signedAt ? moment(signedAt) : t('proof.checkpointNone')}
          note={signedAt ? format.moment(signedAt) : undefined}
        />
        <Fact
          name={t('proof.lag')}
          value={behind === 0 ? t('proof.lagNone') : t('proof.lagValue', { count: behind })}
        />
        <Fact
          name={t('proof.totals')}
          value={totalsAt ? moment(totalsAt) : t('proof.totalsNone')}
          note={totalsAt ? format.moment(totalsAt) : undefined}
        />
      </dl>
      <div className="grid max-w-2xl gap-3">
        <Code label={t('proof.address')} text={`${location.origin}/proof/${programme.slug}`} wrap />
        <Code label={t('proof.files')} text={`${location.origin}/log/${programme.slug}`} wrap />
      </div>
    </div>
  );
}

const laws = [
  'debits-equal-credits',
  'balance-equals-entries',
  'nothing-overwritten',
  'append-only',
  'lots-equal-balance',
  'reserve-covers',
  'logged-once',
  'log-goes-on',
] as const;

function Laws({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const { api } = useSession();
  const format = useFormat();
  const checks = useLaws();
  const moved = useMoved();
  const look = useMutation({
    mutationFn: () => api.send('POST', `/api/points/${programme.id}/laws`),
    onSuccess: () => moved(),
  });
  const check = checks.data?.items.find((one) => one.programme === programme.id);
  const broken = laws.filter((law) => check?.broken.some((one) => one.law === law));
  return (
    <Section
      title={t('laws.title')}
      note={t('laws.note')}
      actions={
        <Button icon={ScanSearch} busy={look.isPending} onClick={() => look.mutate()}>
          {t('laws.look')}
        </Button>
      }
    >
      {checks.error && <ErrorState error={checks.error} onRetry={() => void checks.refetch()} />}
      {look.error && <ErrorState error={look.error} />}
      {checks.isPending && !checks.error && <Skeleton lines={4} />}
      {checks.data && !check && <p className="text-quiet">{t('laws.never')}</p>}
      {check && (
        <>
          <p role="status" className={broken.length > 0 ? 'text-wrong' : 'text-good'}>
            {broken.length > 0
              ? t('laws.broken', { count: broken.length })
              : t('laws.kept', { ago: format.ago(check.at) })}
          </p>
          <ul className="mt-3 grid gap-2" aria-label={t('laws.title')}>
            {laws.map((law) => (
              <li key={law} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <Tag tone={broken.includes(law) ? 'wrong' : 'good'}>
                  {t(broken.includes(law) ? 'laws.fails' : 'laws.holds')}
                </Tag>
                <span>{t(`laws.law.${law}`)}</span>
                {check.broken
                  .filter((one) => one.law === law)
                  .map(({ says }) => (
                    <span key={says} className="basis-full text-s text-wrong [overflow-wrap:anywhere]">
                      {says}
                    </span>
                  ))}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
