import Type, { type Static } from 'typebox';
import { fewestPeople } from '../fewest.ts';
import { type Asking, defineReport } from '../report/define.ts';
import { refuse } from '../schema.ts';
import { type Chain, countByValue, countLevels, type Split } from './funnel-sql.ts';
import { peopleOf } from './people.ts';
import { FunnelReport } from './schema.ts';
import { type Json, jsonOf, objectOf, type Step, stepsOf, type Within, withinOf } from './steps.ts';

/** What a funnel is asked by; its other reports are asked the same. */
export const funnelParameters = {
  steps: Type.Optional(
    Type.String({
      maxLength: 4000,
      description:
        'A JSON list of two to eight events as rules name them; the stages of the path unless given',
      examples: ['["Product Viewed", "Product Added", "Order Completed"]'],
    }),
  ),
  within: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]{0,2}(m|h|d)$',
      default: '30d',
      description: 'From the first step to the last: minutes, hours or days',
    }),
  ),
  without: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'An event as rules name them (JSON) that is not to come between',
    }),
  ),
};
const own = Type.Object(funnelParameters);
export type FunnelQuery = Static<typeof own>;

export interface AskedFunnel {
  isPath: boolean;
  steps: Step[];
  within: Within;
  without: Json | null;
  chain: Chain;
}

export async function funnelOf(asking: Asking, query: FunnelQuery): Promise<AskedFunnel> {
  const { isPath, steps } = stepsOf(asking, query.steps);
  const within = withinOf(query.within ?? '30d');
  const without = query.without === undefined ? null : objectOf(jsonOf(query.without, 'without'));
  const matches = [...steps.map(({ match }) => match), ...(without ? [without] : [])];
  const { conditions, params, areApart } = await asking.segments.eventConditions(asking.workspaceId, matches);
  const n = steps.length;
  const chain = {
    ...{ conditions: conditions.slice(0, n), without: conditions[n] ?? null },
    ...{ areApart, withinMs: within.ms, params },
  };
  return { isPath, steps, within, without, chain };
}

export const funnelReport = defineReport({
  name: 'funnel',
  summary: 'How far people come: the stages of the path, or steps of your own, in order and within a time',
  parameters: {
    ...funnelParameters,
    by: Type.Optional(
      Type.String({
        pattern: '^(channel|source|store|property:.{1,200})$',
        description: 'Broken down by what the first event had: its channel, source, store, or a property',
      }),
    ),
  },
  result: FunnelReport,
  async count(asking, query) {
    const asked = await funnelOf(asking, query);
    const { steps, chain, isPath, within } = asked;
    const { reached, atAll } = await countLevels(asking, chain);
    const people = peopleOf({ ...asked, question: asking.question });
    return {
      is_path: isPath,
      within: within.text,
      steps: steps.map(({ name }, i) => ({
        name,
        reached: reached[i] ?? 0,
        at_all: atAll[i] ?? 0,
        people: people.reached(i + 1),
        left: people.left(i + 1),
      })),
      by: query.by ?? null,
      groups: query.by === undefined ? [] : await groupsOf(asking, asked, query.by),
    };
  },
  forGuests: ({ steps, groups, ...result }) => ({
    ...result,
    steps: steps.map((step) => ({ ...step, people: null, left: null })),
    // A value of a property may be somebody's own.
    groups: groups
      .filter(({ reached: [first = 0] }) => first >= fewestPeople)
      .map((group) => ({ ...group, people: group.people.map(() => null) })),
  }),
  lines: ({ steps, groups, by }) => ({
    head: [by ?? 'group', 'step', 'reached', 'at_all'],
    lines: [
      ...steps.map((step) => ['', step.name, step.reached, step.at_all]),
      ...groups.flatMap(({ label, reached }) =>
        reached.map((n, i) => [label, steps[i]?.name ?? '', n, null]),
      ),
    ],
  }),
});

/** A breakdown in SQL, and what a value of it means in a rule. */
async function splitOf(
  asking: Asking,
  by: string,
): Promise<Split & { label(value: string): string; narrow(value: string, match: Json): Json | null }> {
  const plain = { params: {}, label: (value: string) => value };
  const where = (match: Json) => (Array.isArray(match.where) ? match.where : []);
  if (by === 'channel')
    return {
      ...plain,
      value: 'toString(channel)',
      narrow: (value, match) => ('channel' in match ? null : { ...match, channel: value }),
    };
  if (by === 'store')
    return {
      ...plain,
      value: 'toString(store_id)',
      narrow: (value, match) => ({
        ...match,
        where: [...where(match), { column: 'store_id', equals: value }],
      }),
    };
  if (by === 'source') {
    const sources = await asking.sources.list(asking.workspaceId);
    const sourceOf = (value: string) => sources.find(({ id }) => String(id) === value);
    return {
      ...plain,
      value: 'toString(source)',
      label: (value) => sourceOf(value)?.name ?? value,
      narrow(value, match) {
        const source = sourceOf(value)?.uuid;
        return source === undefined || 'source' in match ? null : { ...match, source };
      },
    };
  }
  const property = by.slice('property:'.length);
  if (property === '') throw refuse('bad-question', 'A property has a name.');
  return {
    ...plain,
    value: 'JSONExtractString(properties, {split_property:String})',
    params: { split_property: property },
    narrow: (value, match) => ({ ...match, where: [...where(match), { property, equals: value }] }),
  };
}

async function groupsOf(asking: Asking, asked: AskedFunnel, by: string): Promise<FunnelReport['groups']> {
  const split = await splitOf(asking, by);
  const found = await countByValue(asking, asked.chain, split);
  const people = peopleOf({ ...asked, question: asking.question });
  return found.map(({ value, reached }) => {
    // Rules know no value that is empty from one that is not there.
    const first = value === '' ? null : split.narrow(value, asked.steps[0]?.match ?? {});
    return {
      value,
      label: split.label(value),
      reached,
      people: reached.map((_, i) => first && people.reached(i + 1, first)),
    };
  });
}
