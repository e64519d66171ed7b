import { Check } from 'typebox/value';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Audit } from '../audit/audit.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import { type NewWorkspace, Slug } from '../schema.ts';
import type { Directory } from './directory.ts';
import { checkedProfile, slugOf } from './profile.ts';
import { insertOperatorsAsOwners, insertWorkspace, type WorkspaceRow } from './sql.ts';

export interface Workspaces extends Directory {
  /**
   * Makes a workspace; whoever runs the installation is its owner at once. The slug is made from the name unless it
   * is given. `actor` as in the audit list; the program itself unless told otherwise.
   */
  create(wanted: NewWorkspace, actor?: string): Promise<WorkspaceRow>;
}

export function createWorkspaces(deps: {
  news: News;
  clock: Clock;
  audit: Audit;
  directory: Directory;
}): Workspaces {
  const { news, clock, audit, directory } = deps;
  return {
    ...directory,
    create({ slug: given, ...profile }, actor = 'program') {
      return news.changeAsSystem(async (tx) => {
        const checked = checkedProfile(profile);
        const slug = given ?? slugOf(checked.name);
        if (!Check(Slug, slug)) {
          throw refuse(
            'slug-invalid',
            `"${slug}" is no slug; write it in lower-case letters, digits and dashes.`,
          );
        }
        const createdAt = clock.now();
        const row = await insertWorkspace(tx, { ...checked, slug, uuid: uuidv7(clock), createdAt }).catch(
          fullOr,
        );
        if (!row)
          throw refuse('slug-taken', `The slug "${slug}" is taken by another workspace; choose another.`);
        await insertOperatorsAsOwners(tx, row.id, createdAt);
        await audit(tx, { workspaceId: row.id, actor }, 'workspace.created', `workspace:${row.uuid}`, {
          slug,
        });
        return row;
      });
    },
  };
}

const SEQUENCE_EXHAUSTED = '2200H';

function fullOr(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === SEQUENCE_EXHAUSTED) {
    throw refuse(
      'too-many-workspaces',
      'An installation holds at most 131,071 workspaces; start another one.',
    );
  }
  throw error;
}
