import type { PoolClient } from 'pg';
import { codeOf, refuse } from './trouble.ts';

// Another database's program may be doing the same at this moment: made just now, granted just now.
const RACED = new Set(['23505', '42710', 'XX000']);
const ATTEMPTS = 20;

/**
 * Sees to it that the role pando_app exists, cannot bypass row-level security, and can be taken on by this user. Roles
 * belong to the whole server, so several programs on several databases may do this at the same time.
 */
export async function ensureRole(client: PoolClient): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeAndGrant(client);
      break;
    } catch (error) {
      const code = codeOf(error) ?? '';
      if (code === '42501') {
        throw refuse(
          'no-role',
          'The database user may not make the role pando_app, which keeps workspaces apart. Let an administrator run: ' +
            'create role pando_app nologin; grant pando_app to <the user in DATABASE_URL>;',
        );
      }
      if (!RACED.has(code) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function makeAndGrant(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ bypasses: boolean }>(
    "select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = 'pando_app'",
  );
  const role = rows[0];
  if (!role) await client.query('create role pando_app nologin');
  if (role?.bypasses) {
    throw refuse(
      'role-bypasses',
      'The role pando_app bypasses row-level security, so workspaces would see each other. ' +
        'Let an administrator run: alter role pando_app nosuperuser nobypassrls;',
    );
  }
  const { rows: may } = await client.query<{ may: boolean }>(
    "select pg_has_role('pando_app', case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as may",
  );
  if (!may[0]?.may) await client.query('grant pando_app to current_user');
}
