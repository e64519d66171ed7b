import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Archive, ArrowLeft, Pencil } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { ValueOfSegment } from '../insight/value/segment-value.tsx';
import { useAddress } from '../kit/address.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { DateRange } from '../kit/period.tsx';
import { RollingNumber } from '../kit/rolling-number.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { useSegmentNews } from './segment-live.ts';
import { MemberActions, Members } from './segment-members.tsx';
import { Moves } from './segment-moves.tsx';
import { Overlap } from './segment-overlap.tsx';
import { RuleInWords } from './segment-rule.tsx';
import { SizePicture } from './segment-size.tsx';
import { StateNote, StateTag, Trust } from './segment-state.tsx';
import { SegmentWebhooks } from './segment-webhooks.tsx';
import { Worth } from './segment-worth.tsx';
import { WhyPanel } from './why.tsx';

/** One segment: who is in, who came and went and why, and what they are worth. */
export default function SegmentPage() {
  const { t } = useTranslation('segments');
  const { id } = useParams({ from: '/inside/segments/$id' });
  const { api, slug } = useSession();
  const segment = useQuery({
    queryKey: [slug, 'segment', id],
    queryFn: ({ signal }) => api.get<Segment>(`/api/segments/${id}`, {}, signal),
    // Nobody tells how far a fill has come.
    refetchInterval: ({ state }) => (state.data?.state === 'filling' ? 700 : 30_000),
  });
  const list: string = '/segments';
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-5 pb-24 md:px-8 md:pb-10">
      <Link to={list} className="mb-4 inline-flex items-center gap-1.5 text-s text-quiet hover:text-ink">
        <ArrowLeft size={14} aria-hidden="true" />
        {t('one.back')}
      </Link>
      {segment.error && <ErrorState error={segment.error} onRetry={() => void segment.refetch()} />}
      {segment.isPending && <Skeleton lines={10} />}
      {segment.data && <One key={id} segment={segment.data} />}
    </div>
  );
}

function One({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segments');
  const { t: insight } = useTranslation('insight');
  const { api, slug, may } = useSession();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [address, change] = useAddress();
  const { period = '30d' } = useSearch({ from: '/inside' });
  const { id } = segment;
  useSegmentNews(id);
  const isLive = segment.size !== null && segment.state !== 'archived';
  const count = useQuery({
    queryKey: [slug, 'segment', id, 'count'],
    queryFn: ({ signal }) => api.get<{ count: number }>(`/api/segments/${id}/count`, {}, signal),
    enabled: isLive,
    refetchInterval: 15_000,
  });
  useEffect(() => {
    document.title = `${segment.name} · Pando`;
  }, [segment.name]);
  const { state } = segment;
  useEffect(() => {
    // What was filled has other members than before.
    if (state === 'live') void cache.invalidateQueries({ queryKey: [slug, 'segment', id] });
  }, [state, cache, slug, id]);
  const onWhy = (person: string) => change({ why: person });
  return (
    <>
      <Head segment={segment} count={isLive ? (count.data?.count ?? segment.size ?? 0) : null} />
      <div className="grid grid-cols-1 gap-x-12 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <Section title={t('one.rule')}>
            <RuleInWords rule={segment.rule} />
          </Section>
          <section className="border-line border-t py-6">
            <SizePicture id={id} now={isLive ? count.data?.count : undefined} />
          </section>
        </div>
        <div className="min-w-0 border-line border-t pt-6 lg:border-t-0 lg:pt-0">
          <Section title={t('one.trust')}>
            <Trust segment={segment} />
          </Section>
          {may('webhooks:read') && (
            <Section title={t('one.webhooks')} note={t('one.webhooksNote')}>
              <SegmentWebhooks segment={segment} />
            </Section>
          )}
        </div>
      </div>
      <Section title={t('one.moves')} note={t('one.movesNote')}>
        <Moves id={id} onWhy={onWhy} />
      </Section>
      {isLive && (
        <div className="grid grid-cols-1 gap-x-12 border-line border-t lg:grid-cols-2">
          <div className="min-w-0 pt-6">
            <Section
              title={t('one.worth')}
              actions={
                <DateRange
                  value={period}
                  onChange={(chosen) =>
                    void navigate({
                      to: '.',
                      search: (now) => ({ ...now, period: chosen }),
                      resetScroll: false,
                      replace: true,
                    })
                  }
                />
              }
            >
              <Worth id={id} />
            </Section>
          </div>
          <div className="min-w-0 pt-6 max-lg:border-line max-lg:border-t">
            <Section title={t('one.overlap')} note={t('one.overlapNote')}>
              <Overlap id={id} />
            </Section>
          </div>
        </div>
      )}
      {isLive && may('events:read') && (
        <div className="border-line border-t pt-6">
          <Section title={insight('value.title')} note={insight('value.groupNote')}>
            <ValueOfSegment id={id} />
          </Section>
        </div>
      )}
      <div className="border-line border-t pt-6">
        <Section
          title={t('one.members')}
          note={t('one.membersNote')}
          actions={isLive && <MemberActions id={id} onWhy={onWhy} />}
        >
          {isLive ? (
            <Members id={id} onWhy={onWhy} />
          ) : (
            <p className="text-quiet">
              {t(segment.state === 'archived' ? 'one.archivedNote' : 'one.membersWait')}
            </p>
          )}
        </Section>
      </div>
      {address.why && (
        <WhyPanel segment={segment} person={address.why} onClose={() => change({ why: undefined })} />
      )}
    </>
  );
}

function Head({ segment, count }: { segment: Segment; count: number | null }) {
  const { t } = useTranslation('segments');
  const { api, slug, may } = useSession();
  const format = useFormat();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const { id, name } = segment;
  const onError = (error: Error) => tell(problem(error), { tone: 'wrong' });
  const anew = async () => {
    await cache.invalidateQueries({ queryKey: [slug, 'segment', id] });
    await cache.invalidateQueries({ queryKey: [slug, 'segments'] });
  };
  const restore = useMutation({
    mutationFn: () => api.send<Segment>('POST', `/api/segments/${id}/restore`, {}),
    onSuccess: () => {
      tell(t('one.restored', { name }));
      return anew();
    },
    onError,
  });
  const archive = useMutation({
    mutationFn: () => api.send('DELETE', `/api/segments/${id}`),
    onSuccess: () => {
      tell(t('one.archived', { name }), { undo: () => restore.mutate() });
      return anew();
    },
    onError,
  });
  const edit: string = `/segments/${id}/edit`;
  const mayWrite = may('segments:write');
  return (
    <>
      <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 grow basis-72">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="text-xxl font-semibold tracking-[-0.015em] [overflow-wrap:anywhere]">{name}</h1>
            <StateTag state={segment.state} />
          </div>
          {segment.description && <p className="mt-1 max-w-[68ch] text-quiet">{segment.description}</p>}
          {count !== null && (
            <p className="mt-3 flex items-baseline gap-2">
              <span className="text-xxl font-semibold text-gold-ink">
                <RollingNumber text={format.exact(count)} />
              </span>
              <span className="text-quiet">{t('one.inNow')}</span>
            </p>
          )}
        </div>
        {mayWrite && segment.state !== 'archived' && (
          <div className="flex flex-wrap gap-2">
            <Link to={edit} className={buttonClass('main')}>
              <Pencil size={16} aria-hidden="true" />
              {t('one.edit')}
            </Link>
            <Button icon={Archive} busy={archive.isPending} onClick={() => archive.mutate()}>
              {t('one.archive')}
            </Button>
          </div>
        )}
      </header>
      <StateNote segment={segment} {...(mayWrite ? { onRestore: () => restore.mutate() } : {})} />
    </>
  );
}
