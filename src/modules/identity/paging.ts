import { refuse } from './refusal.ts';

export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const NUMBER = /^\d{1,15}$/;

/** The last id of the page before, or null for the first page. */
export function afterCursor(cursor: string | undefined, shape: RegExp): string | null {
  if (cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!shape.test(id)) {
    throw refuse(
      'cursor-invalid',
      'Take the cursor as the page before gave it, or leave it out to begin anew.',
    );
  }
  return id;
}

/** A page out of rows that were asked for with one more than `limit`, to see whether there is a next one. */
export function pageOf<T extends { id: string | number }>(rows: T[], limit: number) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const cursor = rows.length > limit && last ? Buffer.from(String(last.id)).toString('base64url') : null;
  return { items, cursor };
}
