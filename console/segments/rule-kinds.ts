import {
  Clock,
  Dices,
  FolderTree,
  Footprints,
  HandHeart,
  History,
  ListOrdered,
  ListX,
  type LucideIcon,
  MapPin,
  Medal,
  Radio,
  Shapes,
  ShoppingCart,
  Sigma,
  Tag,
  UserRoundSearch,
  Waypoints,
  Zap,
} from 'lucide-react';
import type { Json } from './rule.ts';

export const kinds = [
  'did',
  'did_not',
  'measure',
  'first',
  'last',
  'sequence',
  'abandoned',
  'place',
  'channel',
  'source',
  'trait',
  'consent',
  'stage',
  'snapshot',
  'segment',
  'list',
  'share',
] as const;
export type Kind = (typeof kinds)[number];

const month = { last: { days: 30 } };

/** A condition of each kind as it is begun; null is still to be chosen. */
const blanks: Record<Kind, Json> = {
  did: { did: null, at_least: 1, in: month },
  did_not: { did_not: null, in: month },
  measure: { measure: null, sum: { column: 'total' }, at_least: null, in: month },
  first: { first: null, in: month },
  last: { last: null, in: month },
  sequence: { sequence: [null, null], within: { days: 7 } },
  abandoned: { abandoned: null, without: null, within: { hours: 4 }, in: { last: { days: 7 } } },
  place: { place: {}, at_least: 1, in: month },
  channel: { channel: null, at_least: 1, in: month },
  source: { source: null, at_least: 1, in: month },
  trait: { trait: null, equals: null },
  consent: { consent: null },
  stage: { stage: 'deal', or_further: true },
  snapshot: { snapshot: 'rfm_group', one_of: null },
  segment: { segment: null },
  list: { list: null },
  share: { share: 0.1, salt: 'a' },
};

export const blankOf = (kind: Kind): Json => blanks[kind];

/** What a condition is, told by the first key of theirs that stands in it; null for one of a later module. */
export function kindOf(condition: Json): Kind | null {
  for (const key of Object.keys(condition)) {
    const kind = kinds.find((one) => one === key);
    if (kind) return kind;
  }
  return null;
}

export const kindGroups: readonly { name: 'did' | 'was' | 'are'; kinds: readonly Kind[] }[] = [
  { name: 'did', kinds: ['did', 'did_not', 'measure', 'first', 'last', 'sequence', 'abandoned'] },
  { name: 'was', kinds: ['place', 'channel', 'source'] },
  { name: 'are', kinds: ['trait', 'consent', 'stage', 'snapshot', 'segment', 'list', 'share'] },
];

export const kindIcons: Record<Kind | 'group', LucideIcon> = {
  did: Zap,
  did_not: ListX,
  measure: Sigma,
  first: Clock,
  last: History,
  sequence: ListOrdered,
  abandoned: ShoppingCart,
  place: MapPin,
  channel: Waypoints,
  source: Radio,
  trait: Tag,
  consent: HandHeart,
  stage: Footprints,
  snapshot: Medal,
  segment: Shapes,
  list: UserRoundSearch,
  share: Dices,
  group: FolderTree,
};
