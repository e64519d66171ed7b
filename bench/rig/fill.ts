import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouse, openClickHouse } from '#platform/clickhouse';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { membersSql, type RuleContext, readRule } from '../../src/modules/segments/rule/index.ts';
import { pastStatements, questions } from './past-sql.ts';
import { clickHouseOf, type Program } from './program.ts';
import { hundredRules } from './segment-rules.ts';

interface Listed {
  items: { state: string; size: number | null; error: string | null }[];
}

const segments = 50;
const attempts = 9;
const restWithinMs = 120_000;

/**
 * From nothing: people and events that ClickHouse alone knows of, fifty segments that are filled, and ten questions
 * asked by rules and by statements that were written by hand, on the same tables with the same joins of identifiers.
 */
export async function measureFill(
  program: Program,
  o: { people: number; events: number; say(text: string): void },
) {
  const { url, user, password } = clickHouseOf(program.home);
  const address = new URL(url);
  address.username = user;
  address.password = password;
  address.pathname = '/pando';
  const log = createLog({ level: 'warn', pretty: false });
  const ch = await openClickHouse({ url: address.href, log, clock });
  try {
    const nowMs = Date.now();
    o.say(`Making ${o.people.toLocaleString('en')} people and ${o.events.toLocaleString('en')} events.`);
    for (const statement of pastStatements({ ...o, days: 60, nowMs })) await ch.command(statement);
    o.say(`Filling ${segments} segments.`);
    const started = performance.now();
    for (const one of hundredRules().filter((_, n) => n % 2 === 0))
      await program.send('POST', '/api/segments', one);
    o.say(`They were registered in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    for (;;) {
      const { items } = await program.ask<Listed>('/api/segments');
      const faulty = items.find((one) => one.error !== null);
      if (faulty) throw new Error(`A segment is faulty: ${faulty.error}`);
      if (items.length === segments && items.every((one) => one.state === 'live')) break;
      await sleep(250);
    }
    const fillS = (performance.now() - started) / 1000;
    o.say(`Filled in ${fillS.toFixed(1)} s. Waiting until what was written is merged.`);
    await atRest(ch);
    o.say(`Asking ${questions(nowMs).length} questions, ${attempts} times each.`);
    const ratios: { rule: string; people: number; ms: number; by_hand_ms: number; ratio: number }[] = [];
    for (const { rule, byHand } of questions(nowMs)) {
      const compiled = membersSql(readRule(rule, context), context, {
        workspaceId: 1,
        position: 0,
        now: nowMs,
      });
      const ask = async (sql: string, params: Record<string, unknown>) => {
        const at = performance.now();
        const [row] = await ch.query<{ n: string }>(`select count() as n from (${sql})`, params);
        return { n: Number(row?.n), ms: performance.now() - at };
      };
      const ours: number[] = [];
      const hand: number[] = [];
      let found = 0;
      const askOurs = () => ask(compiled.sql, compiled.params);
      const askByHand = () => ask(byHand, {});
      for (let i = 0; i < attempts; i++) {
        // In turns, because whoever comes second finds the columns at hand.
        const first = i % 2 === 0 ? await askOurs() : null;
        const other = await askByHand();
        const one = first ?? (await askOurs());
        if (one.n !== other.n)
          throw new Error(`${JSON.stringify(rule)} finds ${one.n} people, and by hand ${other.n}.`);
        found = one.n;
        ours.push(one.ms);
        hand.push(other.ms);
      }
      const [ms, byHandMs] = [Math.min(...ours), Math.min(...hand)];
      const [first = ''] = Object.keys(rule);
      ratios.push({
        rule: first,
        people: found,
        ms: Math.round(ms),
        by_hand_ms: Math.round(byHandMs),
        ratio: Math.round((ms / byHandMs) * 100) / 100,
      });
    }
    return {
      people: o.people,
      events: o.events,
      fill_s: Math.round(fillS * 10) / 10,
      fill_vs_handwritten: Math.max(...ratios.map((one) => one.ratio)),
      questions: ratios,
    };
  } finally {
    await ch.close();
  }
}

/** Until nothing else is at work in ClickHouse, so that the questions are compared with each other and not with it. */
async function atRest(ch: ClickHouse): Promise<void> {
  const until = performance.now() + restWithinMs;
  for (let quiet = 0; quiet < 4; ) {
    if (performance.now() > until)
      throw new Error('ClickHouse is at work still; the questions would be compared with that.');
    const [row] = await ch.query<{ n: string }>(
      'select (select count() from system.merges) + (select count() from system.processes) - 1 as n',
    );
    quiet = Number(row?.n) === 0 ? quiet + 1 : 0;
    await sleep(500);
  }
}

const context: RuleContext = {
  timeZone: 'UTC',
  consentDefaults: {},
  stages: { names: [], stages: [] },
  segments: () => null,
  lists: () => false,
  sources: () => null,
};
