import type { Asking } from '../report/define.ts';
import type { cohortUnits } from './schema.ts';

export type Unit = (typeof cohortUnits)[number];

/** Days, weeks (from Monday on) and months as numbers that follow one another, in the zone of the workspace. */
const numbers: Record<Unit, string> = {
  day: 'toInt32(toDate(time, {zone:String}))',
  week: 'toInt32(intDiv(toInt32(toDate(time, {zone:String})) + 3, 7))',
  month: 'toInt32(toRelativeMonthNum(time, {zone:String}))',
};

/** What the first of their units, and each that they came back in, are told by. */
export interface Kinds {
  /** Conditions over rows of `events`. */
  begins: string;
  returns: string;
  /** People of whom no event says who they are are left out. */
  onlyKnown: boolean;
  params: Record<string, unknown>;
}

/** So many units are told by the bits of a number. */
const mostBits = 64;
const never = 2_147_483_647;

/**
 * How many began in which unit and came back so many units later. First by identifier and only then by person: what is
 * known of identifiers can be put together, so that asking whose it is costs once an identifier, not once an event. Of
 * purchases there are hardly more than identifiers: they are grouped by person at once.
 */
export async function countCohorts(
  asking: Asking,
  o: { unit: Unit; kinds: Kinds; first: number; last: number },
): Promise<{ cohort: number; age: number; people: number }[]> {
  const { ch, rows, timeZone } = asking;
  const { begins, returns, onlyKnown, params } = o.kinds;
  const isSame = begins === returns;
  const areBits = o.last - o.first < mostBits;
  const begun = isSame ? 'min(unit)' : `min(if(is_first, unit, ${never}))`;
  const isBack = isSame ? 'unit >= {first:Int32}' : 'is_back and unit >= {first:Int32}';
  const came = areBits
    ? `groupBitOr(if(${isBack}, bitShiftLeft(toUInt64(1), toUInt8(greatest(unit - {first:Int32}, 0))), toUInt64(0)))`
    : `groupUniqArrayIf(unit, ${isBack})`;
  const together = areBits ? 'groupBitOr(came)' : 'groupUniqArrayArray(came)';
  const units = areBits
    ? 'arrayMap(place -> toInt32(place) + {first:Int32}, bitPositionsToArray(all))'
    : 'all';
  const events = `
    select key, person, known, ${numbers[o.unit]} as unit${isSame ? '' : `, ${begins} as is_first, ${returns} as is_back`}
      from events
     where ${rows.where} and ${rows.untilEnd} and ${isSame ? begins : `(is_first or is_back)`}`;
  const byPerson =
    isSame && onlyKnown
      ? `select ${rows.who} as who, ${begun} as cohort, ${came} as all, max(known) as is_known from (${events}) group by who`
      : `select ${rows.who} as who, min(begun) as cohort, ${together} as all, max(was_known) as is_known
           from (
             select key, any(person) as person, max(known) as was_known, ${begun} as begun, ${came} as came
               from (${events}) group by key)
          group by who`;
  const found = await ch.query<{ cohort: number; age: number; people: string }>(
    `select cohort, age, count() as people
       from (${byPerson}
         having ${rows.isMeant} and cohort between {first:Int32} and {last:Int32}${onlyKnown ? ' and is_known = 1' : ''})
      array join arrayConcat([toInt32(0)], arrayFilter(age -> age > 0, arrayMap(one -> toInt32(one - cohort), ${units}))) as age
      group by cohort, age${o.kinds.begins === '1' ? asking.allInOrder : ''}`,
    { ...rows.params, ...params, zone: timeZone, first: o.first, last: o.last },
  );
  return found.map(({ cohort, age, people }) => ({ cohort, age, people: Number(people) }));
}
