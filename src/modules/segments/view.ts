import type { Change } from './live/changes.ts';
import type { SegmentView } from './live/schema.ts';
import type { Segments } from './segments.ts';
import type { SegmentRow } from './sql.ts';

export function viewOf(row: SegmentRow): SegmentView {
  return {
    id: row.uuid,
    name: row.name,
    description: row.description,
    rule: row.rule,
    state: row.archived_at
      ? 'archived'
      : row.error !== null
        ? 'faulty'
        : row.next_edition
          ? 'filling'
          : 'live',
    progress: row.next_edition === null ? null : (row.progress ?? 0),
    size: row.edition === null ? null : Math.max(0, row.size),
    error: row.error,
    proof: row.proof as SegmentView['proof'],
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    archived_at: row.archived_at?.toISOString() ?? null,
  };
}

/** One entering or leaving, from either engine. */
export interface Told {
  segment: number;
  person: number;
  atMs: number;
  entered: boolean;
  cause: string;
  version: number;
}

export const fromWaiting = (row: Change): Told => ({
  segment: row.segment_id,
  person: row.person,
  atMs: row.since_ms,
  entered: row.is_in,
  cause: row.cause,
  version: row.version,
});

/** Told the newest first, what stands in both engines once; with the names and ids that people know. */
export async function toldView(segments: Segments, workspaceId: number, told: readonly Told[]) {
  const once = new Map(told.map((one) => [`${one.segment} ${one.person} ${one.version}`, one]));
  const rows = [...once.values()].sort(
    (a, b) => b.atMs - a.atMs || b.version - a.version || b.person - a.person,
  );
  const [live, archived, ids] = await Promise.all([
    segments.list(workspaceId),
    segments.list(workspaceId, true),
    segments.inside.people.idsOf(
      workspaceId,
      rows.map((row) => row.person),
    ),
  ]);
  const names = new Map([...live, ...archived].map((row) => [row.id, row]));
  return rows.map((row) => ({
    segment_id: names.get(row.segment)?.uuid ?? '',
    segment: names.get(row.segment)?.name ?? '',
    person_id: ids.get(row.person) ?? null,
    entered: row.entered,
    at: new Date(row.atMs).toISOString(),
    cause: JSON.parse(row.cause) as { what: string },
    atMs: row.atMs,
  }));
}
