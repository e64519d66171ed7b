import { SnapshotCondition } from '../../schema.ts';
import type { ConditionKind, Given, Node } from '../node.ts';
import type { SqlWriter } from '../sql-writer.ts';
import type { PersonState } from '../timeline.ts';
import { type ValueTest, valueTest } from '../value.ts';
import { lasting } from './fact.ts';

export const snapshot: ConditionKind = {
  key: 'snapshot',
  schema: SnapshotCondition,
  lower({ snapshot: name, one_of: values, at_least: low, at_most: high }: SnapshotCondition, given) {
    if ((values === undefined) === (low === undefined && high === undefined)) {
      throw new RangeError('needs either "one_of" or "at_least" and "at_most"');
    }
    if (values) return snapshotNode(name, { one_of: values }, given);
    const parts: Node[] = [];
    if (low !== undefined) parts.push(snapshotNode(name, { at_least: low }, given));
    if (high !== undefined) parts.push(snapshotNode(name, { at_most: high }, given));
    return parts.length === 1 && parts[0] ? parts[0] : { all: parts };
  },
};

/** A test of a value of snapshots. Who has none passes no test, and every `not`. */
export function snapshotNode(name: string, json: Record<string, unknown>, given: Given): Node {
  const [[kind, inner] = []] = Object.entries(json);
  if (kind === 'not') return { not: snapshotNode(name, inner as Record<string, unknown>, given) };
  const about = given.snapshot(name);
  if (!about) throw new RangeError(`there is no computed trait "${name}"`);
  const test = valueTest(json, given.days);
  if (test.next) throw new RangeError(`"${kind}" changes by time, and cannot be asked of such a value`);
  return snapshotLeaf(name, about.version, test);
}

function snapshotLeaf(name: string, version: number, test: ValueTest): Node {
  const found = ({ facts }: PersonState) =>
    Object.hasOwn(facts.snapshots, name) ? facts.snapshots[name] : undefined;
  return lasting(
    {
      // Without the version: that changes while rules stay as they are.
      key: JSON.stringify(['snapshot', name, test.key]),
      facts: { snapshot: name },
      sql(w: SqlWriter) {
        const of = `workspace_id = {ws:UInt32} and name = ${w.param(name, 'String')} and version = ${w.param(version, 'UInt64')}`;
        return `person in (select person from segment_snapshots where ${of} and ${test.sql({ text: 'value' }, w)})`;
      },
    },
    {
      holds: (person) => test.holds(found(person), 0),
      found: (person) => found(person) ?? null,
      wanted: JSON.parse(test.key),
    },
  );
}
