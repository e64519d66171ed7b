import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Building2 } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { createApi } from '../api/client.ts';
import { LiveProvider } from '../api/live.tsx';
import { chooseWorkspace, SessionProvider, useWho } from '../api/session.tsx';
import type { Workspace } from '../api/types.ts';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { Frame } from './frame.tsx';

/** The door: whoever is signed in comes in, everybody else to the sign-in and back here afterwards. */
export function Inside() {
  const { t } = useTranslation('frame');
  const who = useWho();
  const router = useRouter();
  const { workspace: asked } = useSearch({ from: '__root__' });
  const workspaces = useQuery({
    queryKey: ['workspaces', who.data?.user?.id],
    queryFn: () => createApi().get<{ items: Workspace[] }>('/api/workspaces'),
    enabled: Boolean(who.data),
    staleTime: 300_000,
  });
  const isOut = who.data === null;
  useEffect(() => {
    // Once: while the sign-in is being fetched, the address is its own already.
    if (!isOut) return;
    const { href } = router.latestLocation;
    void router.navigate({ to: '/sign-in', search: href === '/' ? {} : { to: href }, replace: true });
  }, [isOut, router]);
  const error = who.error ?? workspaces.error;
  if (error) {
    return (
      <main className="mx-auto max-w-2xl p-6">
        <ErrorState error={error} onRetry={() => void (who.error ? who.refetch() : workspaces.refetch())} />
      </main>
    );
  }
  if (!who.data || !workspaces.data) return null;
  const slug = chooseWorkspace(who.data, asked);
  if (slug === '') {
    return (
      <main className="mx-auto max-w-2xl p-6">
        <EmptyState icon={Building2} title={t('noWorkspace.title')} why={t('noWorkspace.why')} />
      </main>
    );
  }
  return (
    <SessionProvider who={who.data} slug={slug} workspaces={workspaces.data.items}>
      <LiveProvider key={slug}>
        <Frame />
      </LiveProvider>
    </SessionProvider>
  );
}
