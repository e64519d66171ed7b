import type { Api } from './client.ts';
import type { AskedPerson } from './types.ts';

const mostAtOnce = 100;
const gatherMs = 15;

interface Waiting {
  resolve(person: AskedPerson | null): void;
  reject(error: unknown): void;
}

/** Who several people are, asked for in one request: ids that come within a moment go together. */
export function createSummaries(api: Api): (id: string) => Promise<AskedPerson | null> {
  let waiting = new Map<string, Waiting[]>();

  async function ask(): Promise<void> {
    const all = [...waiting];
    waiting = new Map();
    for (let i = 0; i < all.length; i += mostAtOnce) {
      const some = all.slice(i, i + mostAtOnce);
      try {
        const ids = some.map(([id]) => id).join(',');
        const { items } = await api.get<{ items: AskedPerson[] }>('/api/people/summaries', { ids });
        const found = new Map(items.map((person) => [person.asked, person]));
        for (const [id, list] of some) for (const { resolve } of list) resolve(found.get(id) ?? null);
      } catch (error) {
        for (const [, list] of some) for (const { reject } of list) reject(error);
      }
    }
  }

  return (id) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setTimeout(() => void ask(), gatherMs);
      waiting.set(id, [...(waiting.get(id) ?? []), { resolve, reject }]);
    });
}
