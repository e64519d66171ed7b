import { atomOf } from './atoms.ts';
import { fieldOf, pickOf, readComputed } from './computed.ts';
import { amountSql, measures, scalarSql } from './conditions/measure.ts';
import { pickSql } from './conditions/pick.ts';
import { Days } from './days.ts';
import { kindsSql, type Statement } from './members-sql.ts';
import type { RuleContext } from './read.ts';
import type { ComputedTrait } from './schema.ts';
import { SqlWriter } from './sql-writer.ts';
import { windowOf } from './window.ts';
import { and, anyOf, insideSql } from './window-sql.ts';

const dayMs = 86_400_000;

/**
 * What computed traits are for these people at one moment: `person`, and in `found` a JSON text for each definition, ''
 * where there is no value. Who has no event that counts is left out: `valueOfNobody` tells theirs.
 */
export function valuesSql(
  definitions: readonly ComputedTrait[],
  context: Pick<RuleContext, 'timeZone' | 'sources'>,
  o: { workspaceId: number; persons: readonly number[]; position: number; now: number },
): Statement {
  const w = new SqlWriter(o.now);
  const given = { days: new Days(context.timeZone), sources: context.sources };
  const found = definitions.map((one) => valueSql(one, given, w));
  const atoms = definitions.map((one) => atomOf(one.of, given));
  const persons = w.param(o.persons, 'Array(UInt64)');
  const where = and(
    'workspace_id = {ws:UInt32} and contract = 0 and bot = 0 and seq <= {position:UInt64}',
    `time <= fromUnixTimestamp64Milli(${w.param(o.now, 'Int64')}, 'UTC')`,
    kindsSql(atoms, w),
    w.eventColumns?.when ?? '1',
    `key in (select key from people_now where workspace_id = {ws:UInt32} and person in ${persons})`,
    `person in ${persons}`,
  );
  return {
    sql: `select person, [${found.join(', ')}] as found from (
      select ${['person', ...(w.eventColumns?.columns ?? [])].join(', ')}
        from (select *, toUnixTimestamp64Milli(time) as t from people_events) where ${where} group by person)`,
    params: { ...w.params, ws: o.workspaceId, position: o.position },
  };
}

type Given = Parameters<typeof atomOf>[1];

function valueSql(json: ComputedTrait, given: Given, w: SqlWriter): string {
  const definition = readComputed(json);
  const pick = pickOf(definition, given);
  if (pick) {
    const picked = pickSql(pick, w);
    return 'doc' in picked ? picked.doc : picked.text;
  }
  const matched = and(
    insideSql(windowOf(definition.in, given.days), w),
    anyOf([atomOf(definition.of, given)], w),
  );
  if (definition.count) return `toString(${w.ofEvents('count', '', matched)})`;
  if (definition.days_since) {
    const edge = w.ofEvents(definition.days_since === 'first' ? 'min' : 'max', 't', matched);
    const days = `intDiv(${w.param(w.now, 'Int64')} - ${edge}, ${dayMs})`;
    return `if(${w.ofEvents('count', '', matched)} = 0, '', toString(${days}))`;
  }
  const name = measures.find((one) => definition[one] !== undefined) ?? 'sum';
  const field = fieldOf(definition[name] ?? '');
  if (name === 'distinct') return `toString(${w.ofEvents('uniqExact', scalarSql(field, w), matched)})`;
  const { text, isAmount } = amountSql(field, w);
  const sum = () => w.ofEvents('sum', `toDecimal64OrZero(${text}, 6)`, matched);
  if (name === 'sum') return `toString(${sum()})`;
  const count = w.ofEvents('sum', isAmount, matched);
  if (name === 'average') return `if(${count} = 0, '', toString(toFloat64(${sum()}) / ${count}))`;
  const edge = w.ofEvents(name === 'minimum' ? 'min' : 'max', `toDecimal64OrNull(${text}, 6)`, matched);
  return `if(${count} = 0, '', ifNull(toString(${edge}), ''))`;
}

/** Of somebody without any event that counts. */
export function valueOfNobody(definition: ComputedTrait): 0 | null {
  const { count, sum, distinct } = definition;
  return count !== undefined || sum !== undefined || distinct !== undefined ? 0 : null;
}
