import type { People } from '#modules/people';
import type { Offer } from '#modules/webhooks';

/** What the outside can hear of people: whoever keeps our ids elsewhere follows a join or a split by it. */
export function offersOfPeople(people: Pick<People, 'idsOf'>): Offer[] {
  return [
    {
      type: 'people.moved',
      description: 'Identifiers of one person belong to another one now: they were joined, or split',
      async tell({ workspaceId, data }) {
        const [from, to] = [Number(data.from), Number(data.to)];
        const ids = await people.idsOf(workspaceId, [from, to]);
        const person = ids.get(to);
        // Erased meanwhile: nobody is to hear of them any more.
        return person === undefined ? null : { data: { person, before: ids.get(from) ?? null } };
      },
    },
  ];
}
