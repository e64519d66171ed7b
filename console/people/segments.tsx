import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { askAnew } from '../api/ask-anew.ts';
import { useNews } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';
import type { SegmentsOfPerson } from '../api/types.ts';
import { useAddress } from '../kit/address.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useCauseWords } from '../segments/segment-moves.tsx';
import { WhyPanel } from '../segments/why.tsx';

const mostBefore = 12;

/** The segments of a person, now and before, each with why. */
export function SegmentsOf({ id }: { id: string }) {
  const { t } = useTranslation('segments');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const causeOf = useCauseWords();
  const [address, change] = useAddress();
  const cache = useQueryClient();
  const queryKey = [slug, 'person', id, 'segments'];
  const list = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.get<SegmentsOfPerson>(`/api/people/${id}/segments`, {}, signal),
  });
  useNews('segments', () => askAnew(cache, queryKey));
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Skeleton lines={3} />;
  const { now, history } = list.data;
  const left = history.filter((one) => !one.entered && one.segment_id !== '').slice(0, mostBefore);
  const names = new Map(
    [...now, ...left.map((one) => ({ id: one.segment_id, name: one.segment }))].map((one) => [
      one.id,
      one.name,
    ]),
  );
  const asked = address.why;
  const line = 'flex flex-wrap items-center justify-between gap-x-3 py-1.5';
  const whyButton = (segment: string) => (
    <Button look="quiet" className="text-s" onClick={() => change({ why: segment })}>
      {t('one.why')}
    </Button>
  );
  return (
    <>
      {now.length === 0 && <p className="text-quiet">{t('one.ofPersonNone')}</p>}
      <ul aria-label={t('one.ofPerson')} className="divide-y divide-line">
        {now.map((one) => (
          <li key={one.id} className={line}>
            <span className="min-w-0 grow basis-40">
              <Link to="/segments/$id" params={{ id: one.id }} className="link [overflow-wrap:anywhere]">
                {one.name}
              </Link>
              <span className="block text-s text-quiet">
                {t('one.ofPersonSince', { moment: format.moment(one.since) })}
              </span>
            </span>
            {whyButton(one.id)}
          </li>
        ))}
      </ul>
      {left.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-s text-quiet hover:text-ink">
            {t('one.ofPersonBefore')}
          </summary>
          <ul className="divide-y divide-line">
            {left.map((one) => (
              <li key={`${one.segment_id}${one.at}`} className={line}>
                <span className="min-w-0 grow basis-40">
                  <Link
                    to="/segments/$id"
                    params={{ id: one.segment_id }}
                    className="link [overflow-wrap:anywhere]"
                  >
                    {one.segment}
                  </Link>
                  <span className="block text-s text-quiet">
                    {t('one.ofPersonLeft', { moment: format.moment(one.at), cause: causeOf(one.cause) })}
                  </span>
                </span>
                {whyButton(one.segment_id)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {asked && (
        <WhyPanel
          segment={{ id: asked, name: names.get(asked) ?? '' }}
          person={id}
          onClose={() => change({ why: undefined })}
        />
      )}
    </>
  );
}
