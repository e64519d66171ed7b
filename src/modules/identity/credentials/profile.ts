import type { Audit } from '../audit/audit.ts';
import type { News } from '../news.ts';
import { selectMembershipsOfUser, updateUserName } from './sql.ts';

export interface Profiles {
  /** Answers with the name as it is kept; every workspace that the user works in is told that it changed. */
  rename(userId: string, name: string): Promise<string>;
}

export function createProfiles(deps: { news: News; audit: Audit }): Profiles {
  const { news, audit } = deps;
  return {
    async rename(userId, given) {
      const name = given.trim();
      await news.changeAsSystem(async (tx) => {
        await updateUserName(tx, userId, name);
        for (const { workspaceId } of await selectMembershipsOfUser(tx, userId)) {
          await audit(tx, { workspaceId, actor: `user:${userId}` }, 'team.renamed', `user:${userId}`);
        }
      });
      return name;
    },
  };
}
