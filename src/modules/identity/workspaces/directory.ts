import type { Postgres } from '#platform/postgres';
import type { News } from '../news.ts';
import { findWorkspace, findWorkspaceBySlug, selectWorkspaces, type WorkspaceRow } from './sql.ts';

const REMEMBERED_MS = 10_000;

/** The workspaces as everybody reads them, many times a second. */
export interface Directory {
  get(id: number): Promise<WorkspaceRow | undefined>;
  bySlug(slug: string): Promise<WorkspaceRow | undefined>;
  /** All, by id; not remembered. */
  list(): Promise<WorkspaceRow[]>;
}

export function createDirectory({ pg, news }: { pg: Postgres; news: News }): Directory {
  const memory = news.memory<WorkspaceRow>({ max: 10_000, ttlMs: REMEMBERED_MS });
  return {
    get: (id) => memory.get(`id ${id}`, () => pg.asSystem((tx) => findWorkspace(tx, id))),
    bySlug: (slug) => memory.get(`slug ${slug}`, () => pg.asSystem((tx) => findWorkspaceBySlug(tx, slug))),
    list: () => pg.asSystem(selectWorkspaces),
  };
}
