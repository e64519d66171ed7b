import { SegmentCondition } from '../../schema.ts';
import type { ConditionKind } from '../node.ts';

/** The other segment's rule stands in its place, so that both change at the same moment. */
export const segment: ConditionKind = {
  key: 'segment',
  schema: SegmentCondition,
  lower: ({ segment: id }: SegmentCondition, given) => given.segment(id),
};
