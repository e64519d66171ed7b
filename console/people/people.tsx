import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Search, UserRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page as ListPage, PeopleCount, PersonSummary, TraitName } from '../api/types.ts';
import { useAddress } from '../kit/address.ts';
import { Button } from '../kit/button.tsx';
import { FilterBar } from '../kit/filter-bar.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { type Sort, Table } from '../kit/table.tsx';
import { usePeopleColumns } from './columns.tsx';
import { queryOf, useFilters } from './filters.ts';

const pageSize = 100;

/** Everybody, or those whom a search and the filters find; searching happens while one types. */
export default function People() {
  const { t } = useTranslation('people');
  const { api, slug, workspace } = useSession();
  const navigate = useNavigate();
  const [address, change] = useAddress();
  const [typed, setTyped] = useTyped(address.q ?? '', (q) => change({ q }));
  const traits = useQuery({
    queryKey: [slug, 'people', 'traits'],
    queryFn: ({ signal }) => api.get<{ items: TraitName[] }>('/api/people/traits', {}, signal),
    staleTime: 60_000,
  });
  const names = (traits.data?.items ?? []).map(({ name }) => name);
  const filters = useFilters(names);
  const order = orders.find((one) => one === address.sort) ?? 'newest';
  const shown = shownIn(address.columns?.split(','), order);
  const columns = usePeopleColumns(names, shown);
  const asked = queryOf(address, workspace.timeZone);
  const wanted = {
    ...asked,
    sort: order,
    last_seen: shown?.includes('last') ? true : undefined,
    traits: shown
      ?.filter((id) => id.startsWith('trait.'))
      .map((id) => id.slice(6))
      .join(),
  };
  const list = useInfiniteQuery({
    queryKey: [slug, 'people', 'list', wanted],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<PersonSummary>>(
        '/api/people',
        { ...wanted, cursor: pageParam, limit: pageSize },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isNarrowed = Object.values(asked).some((one) => one !== undefined);
  const reset = () => {
    setTyped('');
    change(Object.fromEntries(['q', ...filters.map(({ name }) => name)].map((name) => [name, undefined])));
  };
  return (
    <Page
      title={t('title')}
      answer={<Answer q={address.q} asked={asked} loaded={rows.length} isWhole={!list.hasNextPage} />}
    >
      <div className="relative mb-3 max-w-xl">
        <Search
          size={17}
          aria-hidden="true"
          className="absolute top-1/2 left-3 -translate-y-1/2 text-quiet"
        />
        <input
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="field pl-10"
        />
      </div>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('title')}
        columns={columns}
        rows={rows}
        keyOf={(person) => person.id}
        onOpen={(person) => void navigate({ to: '/people/$id', params: { id: person.id } })}
        {...(address.q ? {} : { sort: sortOf[order] })}
        onSort={({ by }) => change({ sort: nextOrder(by, order) })}
        shown={shown}
        onShown={(ids) => change({ columns: ids?.join() })}
        lead={<FilterBar filters={filters} value={address} onChange={change} />}
        exportAs="people"
        actions={() => null}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        onMore={() => !list.isFetching && void list.fetchNextPage()}
        empty={
          !list.error && (
            <EmptyState
              icon={UserRound}
              title={t(isNarrowed ? 'none' : 'empty')}
              why={t(isNarrowed ? 'noneWhy' : 'emptyWhy')}
              action={isNarrowed && <Button onClick={reset}>{t('noneDo')}</Button>}
            />
          )
        }
      />
    </Page>
  );
}

const orders = ['newest', 'oldest', 'seen', 'name'] as const;
type Order = (typeof orders)[number];
const sortOf: Record<Order, Sort> = {
  newest: { by: 'since', down: true },
  oldest: { by: 'since', down: false },
  seen: { by: 'last', down: true },
  name: { by: 'person', down: false },
};

/** The order that a press on a head asks for; the usual one is not written down. */
function nextOrder(by: string, now: Order): Order | undefined {
  if (by === 'person') return now === 'name' ? undefined : 'name';
  if (by === 'last') return 'seen';
  return now === 'newest' ? 'oldest' : undefined;
}

/** Who asks for the order by when people were seen wants to see when. */
function shownIn(ids: string[] | undefined, order: Order): string[] | undefined {
  if (order !== 'seen' || ids?.includes('last')) return ids;
  return [...(ids ?? ['person', 'ids', 'kind', 'since']), 'last'];
}

/** What is typed goes into the address a moment later; what the address says otherwise comes back into the field. */
function useTyped(held: string, hold: (q: string | undefined) => void) {
  const [typed, setTyped] = useState(held);
  const [last, setLast] = useState(held);
  if (held !== last) {
    setLast(held);
    if (held !== typed.trim()) setTyped(held);
  }
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === held) return;
    const timer = setTimeout(() => hold(wanted === '' ? undefined : wanted), 50);
    return () => clearTimeout(timer);
  }, [typed, held, hold]);
  return [typed, setTyped] as const;
}

/** How many they are: counted, or about how many where counting would take long. */
function Answer(props: {
  q: string | undefined;
  asked: Record<string, unknown>;
  loaded: number;
  isWhole: boolean;
}) {
  const { t } = useTranslation('people');
  const { api, slug } = useSession();
  const format = useFormat();
  const { q, loaded, isWhole } = props;
  const { q: _, ...asked } = props.asked as Record<string, string | undefined>;
  const count = useQuery({
    queryKey: [slug, 'people', 'count', asked],
    queryFn: ({ signal }) => api.get<PeopleCount>('/api/people/count', asked, signal),
    enabled: !q,
    placeholderData: keepPreviousData,
  });
  if (q) {
    if (loaded >= pageSize) return t('foundMany', { count: loaded, q });
    return t(loaded === 0 ? 'found_zero' : 'found', { count: loaded, q });
  }
  const isNarrowed = Object.values(asked).some((one) => one !== undefined);
  const people = count.data?.people;
  if (people === undefined) return t('answer');
  if (people === null) {
    if (!isWhole) return t('fitMore', { count: loaded, people: format.exact(loaded) });
    return t(loaded === 0 ? 'fit_zero' : 'fit', { count: loaded, people: format.exact(loaded) });
  }
  const { exact = true } = count.data ?? {};
  const shown = exact ? format.exact(people) : t('about', { people: format.compact(people) });
  if (isNarrowed) return t(people === 0 ? 'fit_zero' : 'fit', { count: people, people: shown });
  return people === 0 ? t('answer') : t('all', { count: people, people: shown });
}
