import type { People } from '#modules/people';
import { factTypes, type Points } from '#modules/points';
import type { Rewards } from '#modules/rewards';
import type { Segments } from '#modules/segments';
import type { Offer, Webhooks } from '#modules/webhooks';

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

const segmentWords = {
  'segment.entered': 'Somebody came into a segment',
  'segment.left': 'Somebody went out of one',
};

/**
 * Single facts of segments are written where a webhook wants them, or where a rule pays for coming in: under load they
 * are thousands a second.
 */
export function listenForSingleFacts(
  segments: Pick<Segments, 'idsIn' | 'listen'>,
  webhooks: Pick<Webhooks, 'topics'>,
  rewards: Pick<Rewards, 'segmentsEntered'>,
): void {
  segments.listen(async (tx, workspaceId) => {
    const topics = await webhooks.topics(tx, workspaceId, Object.keys(segmentWords));
    if (topics === 'all') return 'all';
    const wanted = [...topics, ...(await rewards.segmentsEntered(tx, workspaceId))];
    if (wanted.length === 0) return new Set();
    const ids = await segments.idsIn(tx, workspaceId);
    return new Set([...ids].flatMap(([id, uuid]) => (wanted.includes(uuid) ? [id] : [])));
  });
}

/** Who came into a segment and who went, with the moment it is true of and what brought it about. */
export function offersOfSegments(people: Pick<People, 'idsOf'>, segments: Pick<Segments, 'idsOf'>): Offer[] {
  return Object.entries(segmentWords).map(([type, description]) => ({
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

const pointsWords: Record<string, string> = {
  'points.earned': 'A member earned points, theirs at once or held',
  'points.held': 'Points of a member are kept for a purchase',
  'points.settled': 'Held points became theirs, or were paid out',
  'points.voided': 'Held points were given back, or not earned after all',
  'points.spent': 'A member spent points',
  'points.returned': 'A member has points back that were spent',
  'points.transferred': 'Points went from one member to another; each of the two is told of alone',
  'points.expired': 'Points of a member ran out',
  'points.clawed-back': 'Points of a member were taken back',
  'points.adjusted': 'Points of a member were put right by two people of the team',
};

/** Movements of points are facts where a webhook wants them: a ledger moves ten thousand points a second. */
export function listenForMovements(points: Pick<Points, 'listen'>, webhooks: Pick<Webhooks, 'wanted'>): void {
  points.listen((workspaceId) => webhooks.wanted(workspaceId));
}

/** What became of a member's points; who is on the other side of a movement is not told. */
export function offersOfPoints(people: Pick<People, 'idsOf'>): Offer[] {
  return Object.values(factTypes).map((type) => ({
    type,
    description: pointsWords[type] ?? type,
    async tell({ workspaceId, subject, data }) {
      const key = Number(subject);
      const person = (await people.idsOf(workspaceId, [key])).get(key);
      if (person === undefined) return null;
      const { programme, movement, wallet, held, owed } = data;
      const at = new Date(Number(data.at)).toISOString();
      return { data: { programme, movement, person, at, wallet, held, owed } };
    },
  }));
}
