import type { People } from '#modules/people';
import type { Segments } from '#modules/segments';
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

/** Who came into a segment and who went, with the moment it is true of and what brought it about. */
export function offersOfSegments(people: Pick<People, 'idsOf'>, segments: Pick<Segments, 'idsOf'>): Offer[] {
  const words = {
    'segment.entered': 'Somebody came into a segment',
    'segment.left': 'Somebody went out of one',
  };
  return Object.entries(words).map(([type, description]) => ({
    type,
    description,
    topic: 'segment',
    async tell({ workspaceId, subject, data }) {
      const key = Number(subject);
      const person = (await people.idsOf(workspaceId, [key])).get(key);
      if (person === undefined) return null;
      const segment = (await segments.idsOf(workspaceId)).get(Number(data.segment));
      if (segment === undefined) return null;
      const at = new Date(Number(data.at)).toISOString();
      return { data: { segment, person, at, cause: data.cause }, topic: segment };
    },
  }));
}
