import Type from 'typebox';
import type { ConditionKind } from '../node.ts';
import { ComputedTrait } from '../schema.ts';

/** A test of what the definition in it works out; rules that name a computed trait are evaluated in this form. */
export const computed: ConditionKind = {
  key: 'computed',
  schema: Type.Object({ computed: ComputedTrait }, { title: 'Computed', additionalProperties: true }),
  lower: ({ computed: definition, ...test }: { computed: ComputedTrait }, given) =>
    given.computed(definition, test),
};
