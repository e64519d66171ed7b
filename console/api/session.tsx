import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { type Api, createApi, Problem } from './client.ts';
import { createSummaries } from './summaries.ts';
import type { AskedPerson, Permission, WhoAmI, Workspace } from './types.ts';

/** Who is signed in, where they look, and the API as they may use it. */
export interface Session {
  who: WhoAmI;
  api: Api;
  slug: string;
  workspace: Workspace;
  workspaces: readonly Workspace[];
  may(permission: Permission): boolean;
  /** Who somebody is, in short; null for nobody. Asked for together with others of the same moment. */
  summaryOf(id: string): Promise<AskedPerson | null>;
}

const SessionContext = createContext<Session | null>(null);
export const whoKey = ['who'] as const;

async function fetchWho(): Promise<WhoAmI | null> {
  try {
    return await createApi().get<WhoAmI>('/api/session');
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export function useWho() {
  return useQuery({ queryKey: whoKey, queryFn: fetchWho, staleTime: 300_000 });
}

/** The workspace of the address; else the one looked at last; else the demo brand, which is alive; else the first. */
export function chooseWorkspace(who: WhoAmI, asked: string | undefined): string {
  const slugs = who.memberships.map((m) => m.workspace.slug);
  const wanted = [asked, localStorage.getItem('pando.workspace') ?? undefined, 'demo'];
  return wanted.find((slug) => slug !== undefined && slugs.includes(slug)) ?? slugs[0] ?? '';
}

export function SessionProvider(props: {
  who: WhoAmI;
  slug: string;
  workspaces: readonly Workspace[];
  children: ReactNode;
}) {
  const { who, slug, workspaces, children } = props;
  const session = useMemo(() => {
    const workspace = workspaces.find((one) => one.slug === slug);
    const membership = who.memberships.find((one) => one.workspace.slug === slug);
    if (!workspace || !membership) return null;
    const api = createApi({ csrf: who.csrf, workspace: slug });
    return {
      who,
      slug,
      workspace,
      workspaces,
      api,
      summaryOf: createSummaries(api),
      may: (permission: Permission) => membership.permissions.includes(permission),
    };
  }, [who, slug, workspaces]);
  return session && <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('This part of the console stands behind the sign-in.');
  return session;
}
