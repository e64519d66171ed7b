import { createHash } from 'node:crypto';
import { ConsentCondition, ListCondition, ShareCondition } from '../../schema.ts';
import type { ConditionKind, Leaf } from '../node.ts';
import type { PersonState } from '../timeline.ts';

/** What only a changed fact changes, never time. */
export function lasting(
  leaf: Omit<Leaf, 'atoms' | 'due' | 'live'>,
  of: {
    holds(person: PersonState): boolean;
    found(person: PersonState): unknown;
    wanted: unknown;
  },
): { leaf: Leaf } {
  return {
    leaf: {
      ...leaf,
      atoms: [],
      due: () => [],
      live: () => ({
        next: Number.POSITIVE_INFINITY,
        exact: true,
        test: of.holds,
        explain: (person) => ({ found: of.found(person), wanted: of.wanted }),
      }),
    },
  };
}

export const consent: ConditionKind = {
  key: 'consent',
  schema: ConsentCondition,
  lower({ consent: purpose }: ConsentCondition, given) {
    const presumed = given.consentDefaults[purpose] ?? false;
    const holds = ({ facts }: PersonState) =>
      Object.hasOwn(facts.consent, purpose) ? (facts.consent[purpose]?.[0] ?? presumed) : presumed;
    return lasting(
      {
        key: JSON.stringify(['consent', purpose, presumed]),
        facts: { consent: true },
        sql(w) {
          const of = w.param(purpose, 'String');
          const granted = `JSONExtractBool(consent, ${of}, 1)`;
          const asked = w.ofIdentifiers('count', '', `JSONHas(consent, ${of})`);
          // At the same moment a refusal outweighs a yes.
          const answer = w.ofIdentifiers(
            'argMax',
            `${granted}, (JSONExtractInt(consent, ${of}, 2), not ${granted})`,
            `JSONHas(consent, ${of})`,
          );
          return `if(${asked} = 0, ${presumed ? 1 : 0}, ${answer}) = 1`;
        },
      },
      { holds, found: holds, wanted: true },
    );
  },
};

export const list: ConditionKind = {
  key: 'list',
  schema: ListCondition,
  lower({ list: id }: ListCondition, given) {
    if (!given.lists(id)) throw new RangeError(`there is no list ${id}`);
    const holds = ({ facts }: PersonState) => facts.lists.includes(id);
    return lasting(
      {
        key: JSON.stringify(['list', id]),
        facts: { lists: true },
        sql(w) {
          const keys = `(select key from segment_list_keys where workspace_id = {ws:UInt32} and list = ${w.param(id, 'UInt64')})`;
          return `${w.ofIdentifiers('count', '', `key in ${keys}`)} > 0`;
        },
      },
      { holds, found: holds, wanted: true },
    );
  },
};

export const share: ConditionKind = {
  key: 'share',
  schema: ShareCondition,
  lower({ share: part, salt }: ShareCondition) {
    const lot = (person: PersonState) =>
      createHash('sha256').update(`${salt}:${person.person}`).digest().readUInt32BE(0) / 2 ** 32;
    return lasting(
      {
        key: JSON.stringify(['share', part, salt]),
        facts: {},
        sql: (w) =>
          `reinterpretAsUInt32(reverse(substring(SHA256(concat(${w.param(salt, 'String')}, ':', toString(person))), 1, 4))) / 4294967296 < ${w.param(part, 'Float64')}`,
      },
      { holds: (person) => lot(person) < part, found: lot, wanted: part },
    );
  },
};
