import { PERMISSIONS, type Permission, type Role } from '../schema.ts';

const READ_INSIGHT = [
  'people:read',
  'events:read',
  'sources:read',
  'imports:read',
  'segments:read',
  'points:read',
  'rewards:read',
  'settings:read',
] as const;

/**
 * Who may do what; the one place where it is decided. The owner may do everything, the marketer everything
 * with customers and their data but not forget them for good, the analyst may look, the clerk may recognise
 * somebody at the till, and give them what they have points for.
 */
const ALLOWED: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  marketer: [
    ...READ_INSIGHT,
    'people:write',
    'events:write',
    'sources:write',
    'imports:write',
    'segments:write',
    'points:write',
    'rewards:write',
    'rewards:redeem',
    'team:read',
    'webhooks:read',
  ],
  analyst: [...READ_INSIGHT, 'team:read'],
  clerk: ['people:read', 'events:read', 'points:read', 'rewards:read', 'rewards:redeem'],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return ALLOWED[role];
}

/** Nobody hands out more than they have: true when `wanted` holds nothing that `held` lacks. */
export function within(wanted: readonly Permission[], held: readonly Permission[]): boolean {
  return wanted.every((permission) => held.includes(permission));
}
