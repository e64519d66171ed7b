import Type from 'typebox';
import { fewestPeople } from '../fewest.ts';
import { defineReport } from '../report/define.ts';

/** How many people a question is about, as far as it matters to guests. Nobody is asked for it by itself. */
export const crowd = defineReport({
  name: 'crowd',
  summary: 'People of a question',
  parameters: {},
  result: Type.Object({ people: Type.Integer() }),
  async count({ ch, rows }) {
    const [found] = await ch.query<{ people: number }>(
      `select toUInt32(count()) as people
         from (select ${rows.who} as who from events where ${rows.where} and ${rows.inPeriod}
                group by who having ${rows.isMeant} limit ${fewestPeople})`,
      rows.params,
    );
    return { people: found?.people ?? 0 };
  },
  lines: ({ people }) => ({ head: ['people'], lines: [[people]] }),
});
