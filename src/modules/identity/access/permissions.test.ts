import { expect, test } from 'vitest';
import { PERMISSIONS, ROLES } from '../schema.ts';
import { permissionsOf, within } from './permissions.ts';

// Rows are permissions, columns roles in the order of ROLES: owner, marketer, analyst, clerk.
const table: Record<(typeof PERMISSIONS)[number], string> = {
  'people:read': 'yes yes yes yes',
  'people:write': 'yes yes no  no',
  erase: 'yes no  no  no',
  'events:read': 'yes yes yes yes',
  'events:write': 'yes yes no  no',
  'sources:read': 'yes yes yes no',
  'sources:write': 'yes yes no  no',
  'imports:read': 'yes yes yes no',
  'imports:write': 'yes yes no  no',
  'segments:read': 'yes yes yes no',
  'segments:write': 'yes yes no  no',
  'points:read': 'yes yes yes yes',
  'points:write': 'yes yes no  no',
  'rewards:read': 'yes yes yes yes',
  'rewards:write': 'yes yes no  no',
  'rewards:redeem': 'yes yes no  yes',
  'team:read': 'yes yes yes no',
  'team:write': 'yes no  no  no',
  'keys:read': 'yes no  no  no',
  'keys:write': 'yes no  no  no',
  'settings:read': 'yes yes yes no',
  'settings:write': 'yes no  no  no',
  'audit:read': 'yes no  no  no',
  'webhooks:read': 'yes yes no  no',
  'webhooks:write': 'yes no  no  no',
};

const cases = PERMISSIONS.flatMap((permission) =>
  table[permission]
    .split(/\s+/)
    .map((cell, i) => ({ role: ROLES[i] ?? 'clerk', permission, may: cell === 'yes' })),
);

test.each(cases)('$role, $permission: $may', ({ role, permission, may }) => {
  expect(permissionsOf(role).includes(permission)).toBe(may);
});

test('every role and permission stands in the table', () => {
  expect(cases).toHaveLength(PERMISSIONS.length * ROLES.length);
});

test.each([
  { wanted: [], held: [], is: true },
  { wanted: ['people:read'], held: ['people:read', 'erase'], is: true },
  { wanted: ['people:read', 'erase'], held: ['people:read'], is: false },
  { wanted: ['erase'], held: [], is: false },
] as const)('$wanted within $held: $is', ({ wanted, held, is }) => {
  expect(within(wanted, held)).toBe(is);
});
