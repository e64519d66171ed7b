import type { ConditionKind } from '../node.ts';
import { abandoned } from './abandoned.ts';
import { computed } from './computed.ts';
import { channel, did, didNot, place, source } from './count.ts';
import { first, last } from './edge.ts';
import { consent, list, share } from './fact.ts';
import { measure } from './measure.ts';
import { segment } from './segment.ts';
import { sequence } from './sequence.ts';
import { snapshot } from './snapshot.ts';
import { stage } from './stage.ts';
import { trait } from './trait.ts';

/** The kinds of this module, told by their key; later modules bring theirs along with the context. */
export const ownKinds: readonly ConditionKind[] = [
  trait,
  computed,
  did,
  didNot,
  measure,
  first,
  last,
  sequence,
  abandoned,
  place,
  channel,
  source,
  consent,
  stage,
  segment,
  list,
  share,
  snapshot,
];
