import Type from 'typebox';
import { jsonOf, withinOf } from '../funnel/steps.ts';
import { defineReport } from '../report/define.ts';
import { foldRest } from './fold-rest.ts';
import { countFlow } from './paths-sql.ts';
import { PathsReport } from './schema.ts';

export const pathsReport = defineReport({
  name: 'paths',
  summary: 'What people do before and after an event, as a flow',
  parameters: {
    event: Type.Optional(
      Type.String({
        maxLength: 2000,
        default: '"Order Completed"',
        description: 'The event that paths go from, as rules name it (JSON)',
      }),
    ),
    depth: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 6, default: 3, description: 'So many events each way' }),
    ),
    within: Type.Optional(
      Type.String({ pattern: '^[1-9][0-9]{0,2}(m|h|d)$', default: '1d', description: 'From the event' }),
    ),
    collapse: Type.Optional(
      Type.Boolean({ default: true, description: 'The same several times in a row counts once' }),
    ),
    top: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 20,
        default: 6,
        description: 'So many events a level; others are the rest',
      }),
    ),
  },
  result: PathsReport,
  async count(asking, own) {
    const { event = '"Order Completed"', depth = 3, within = '1d', collapse = true, top = 6 } = own;
    const match = jsonOf(event, 'event');
    const { conditions, params } = await asking.segments.eventConditions(asking.workspaceId, [match]);
    const withinMs = withinOf(within).ms;
    const flow = { anchor: conditions[0] ?? '0', params, depth, withinMs, collapse };
    const { people, after, before } = await countFlow(asking, flow);
    return {
      event,
      people,
      after: { links: foldRest(after, top) },
      before: { links: foldRest(before, top) },
    };
  },
  lines: ({ after, before }) => ({
    head: ['side', 'level', 'from', 'to', 'people'],
    lines: Object.entries({ before, after }).flatMap(([side, { links }]) =>
      links.map(({ level, from, to, people }) => [side, level, from, to, people]),
    ),
  }),
});
