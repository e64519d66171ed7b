import { StageCondition, stageNames } from '../../schema.ts';
import { atom } from '../atoms.ts';
import type { ConditionKind, Given, Node } from '../node.ts';
import { ever } from '../window.ts';
import { countLeaf } from './count.ts';

/** The furthest stage is told by what a person did ever: something of it, and nothing of a further one. */
export const stage: ConditionKind = {
  key: 'stage',
  schema: StageCondition,
  lower({ stage: name, or_further: orFurther }: StageCondition, given) {
    const wanted = stageNames.indexOf(name);
    const reached = reaching(wanted, given);
    return orFurther || wanted === stageNames.length - 1
      ? reached
      : { all: [reached, { not: reaching(wanted + 1, given) }] };
  },
};

/** `page` and `screen` stand for all calls of their type. */
function reaching(stage: number, { stages }: Given): Node {
  if (stage === 0) return { all: [] };
  const all = stages.names.filter((_, i) => (stages.stages[i] ?? 0) >= stage);
  const isType = (name: string) => name === 'page' || name === 'screen';
  const names = [...new Set(all.filter((name) => !isType(name)))].sort();
  const types = [...new Set(all.filter(isType))].sort();
  if (all.length === 0) return { any: [] };
  const one = atom(names.length > 0 ? names : null, types.length > 0 ? types : null, []);
  return { leaf: countLeaf([one], ever, 1, Number.POSITIVE_INFINITY) };
}
