import { useMutation } from '@tanstack/react-query';
import { Check, Undo2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { PersonLink } from '../people/person-link.tsx';
import type { Programme } from '../points/use-points.ts';
import { fromMinor } from './minor.ts';
import { type Proposal, useMoved, useProposals } from './use-ledger.ts';

/** What waits for a second person, and what was decided before. */
export function Proposals({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const list = useProposals(programme.id);
  const [shown, setShown] = useState(5);
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton lines={3} />;
  const open = list.data.items.filter(({ decidedAt }) => decidedAt === null);
  const decided = list.data.items.filter(({ decidedAt }) => decidedAt !== null);
  return (
    <div className="grid gap-5">
      {open.length === 0 ? (
        <p className="text-quiet">{t('proposals.none')}</p>
      ) : (
        <ul aria-label={t('proposals.open')} className="divide-y divide-line">
          {open.map((one) => (
            <Open key={one.id} proposal={one} programme={programme} />
          ))}
        </ul>
      )}
      {decided.length > 0 && (
        <div className="grid gap-1">
          <h3 className="font-semibold">{t('proposals.decided')}</h3>
          <ul aria-label={t('proposals.decided')} className="divide-y divide-line">
            {decided.slice(0, shown).map((one) => (
              <Decided key={one.id} proposal={one} programme={programme} />
            ))}
          </ul>
          {decided.length > shown && (
            <div>
              <Button look="quiet" onClick={() => setShown(shown + 20)}>
                {t('more')}
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function useWhat() {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  return ({ kind, amount }: Proposal, { currency }: Programme) =>
    kind === 'adjust'
      ? t(amount < 0 ? 'proposals.what.less' : 'proposals.what.more', {
          count: Math.abs(amount),
          points: format.exact(Math.abs(amount)),
        })
      : t(`proposals.what.${kind}`, { money: format.money(fromMinor(amount, currency), currency) });
}

function About({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('ledger');
  if (proposal.kind !== 'adjust') return null;
  if (proposal.person) return <PersonLink id={proposal.person} />;
  return <span className="text-quiet">{proposal.partner ?? t('proposals.gone')}</span>;
}

function Open({ proposal, programme }: { proposal: Proposal; programme: Programme }) {
  const { t } = useTranslation('ledger');
  const { api, may, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const tell = useTell();
  const moved = useMoved();
  const what = useWhat()(proposal, programme);
  const decide = useMutation({
    mutationFn: (approve: boolean) =>
      api.send('POST', `/api/points/${programme.id}/proposals/${proposal.id}/decide`, { approve }),
    onSuccess: (_, approve) => tell(t(approve ? 'proposals.done' : 'proposals.turnedDown', { what })),
    onSettled: () => moved(),
  });
  const button = (approve: boolean, label: string) => ({
    'aria-label': `${label}: ${what}`,
    busy: decide.isPending && decide.variables === approve,
    disabled: decide.isPending,
    onClick: () => decide.mutate(approve),
  });
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 grow basis-64">
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{what}</span>
            <About proposal={proposal} />
            {proposal.own && <Tag tone="info">{t('proposals.waits')}</Tag>}
          </p>
          <p className="max-w-[68ch] [overflow-wrap:anywhere]">{proposal.reason}</p>
          <p className="text-s text-quiet" title={format.moment(proposal.proposedAt)}>
            {proposal.own
              ? t('proposals.byYou', { ago: format.ago(proposal.proposedAt) })
              : t('proposals.by', {
                  name: proposal.proposedByName ?? t('proposals.nobody'),
                  ago: format.ago(proposal.proposedAt),
                })}
          </p>
        </div>
        {may('points:write') && (
          <div className="flex flex-wrap gap-2">
            {proposal.own ? (
              <Button icon={Undo2} {...button(false, t('proposals.takeBack'))}>
                {t('proposals.takeBack')}
              </Button>
            ) : (
              <>
                <Button icon={X} {...button(false, t('proposals.refuse'))}>
                  {t('proposals.refuse')}
                </Button>
                <Button look="main" icon={Check} {...button(true, t('proposals.approve'))}>
                  {t('proposals.approve')}
                </Button>
              </>
            )}
          </div>
        )}
      </div>
      {decide.error && <ErrorState error={decide.error} />}
    </li>
  );
}

function Decided({ proposal, programme }: { proposal: Proposal; programme: Programme }) {
  const { t } = useTranslation('ledger');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const what = useWhat()(proposal, programme);
  const nobody = t('proposals.nobody');
  return (
    <li className="py-2">
      <p className="flex flex-wrap items-center gap-2">
        <Tag tone={proposal.approved ? 'good' : 'plain'}>
          {t(proposal.approved ? 'proposals.approved' : 'proposals.refused')}
        </Tag>
        <span>{what}</span>
        <About proposal={proposal} />
      </p>
      <p className="max-w-[68ch] text-s text-quiet [overflow-wrap:anywhere]">
        {proposal.reason} ·{' '}
        {t('proposals.between', {
          asked: proposal.proposedByName ?? nobody,
          decided: proposal.decidedByName ?? nobody,
          at: format.moment(proposal.decidedAt ?? proposal.proposedAt),
        })}
      </p>
    </li>
  );
}
