import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment, SegmentWhy } from '../api/types.ts';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { WhyTree } from './why-tree.tsx';

/** Why somebody is in a segment or not, beside the page; what is shown follows what happens. */
export function WhyPanel(props: {
  segment: Pick<Segment, 'id' | 'name'>;
  person: string;
  onClose: () => void;
}) {
  const { t } = useTranslation('segments');
  const { api, slug } = useSession();
  const { segment, person } = props;
  const why = useQuery({
    queryKey: [slug, 'segment', segment.id, 'why', person],
    queryFn: ({ signal }) => api.get<SegmentWhy>(`/api/segments/${segment.id}/why`, { person }, signal),
    refetchInterval: 10_000,
  });
  return (
    <Dialog open side onClose={props.onClose} title={t('why.title')}>
      <div className="mb-4">
        <PersonLink id={person} />
      </div>
      {why.error && <ErrorState error={why.error} onRetry={() => void why.refetch()} />}
      {why.isPending && <Skeleton lines={8} />}
      {why.data && <Answer name={segment.name} person={person} why={why.data} />}
    </Dialog>
  );
}

function Answer({ name, person, why }: { name: string; person: string; why: SegmentWhy }) {
  const { t } = useTranslation('segments');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const Icon = why.in ? CircleCheck : CircleX;
  return (
    <>
      <p className="flex items-start gap-2 font-semibold">
        <Icon
          size={20}
          aria-hidden="true"
          className={`mt-px shrink-0 ${why.in ? 'text-good' : 'text-wrong'}`}
        />
        <span className="[overflow-wrap:anywhere]">{t(why.in ? 'why.in' : 'why.out', { name })}</span>
      </p>
      <p className="mt-1 mb-4 max-w-[60ch] text-quiet">
        {why.until
          ? t(why.in ? 'why.untilIn' : 'why.untilOut', {
              moment: format.moment(why.until),
              ago: format.ago(why.until),
            })
          : t('why.never')}
      </p>
      <WhyTree part={why.why} person={person} />
    </>
  );
}
