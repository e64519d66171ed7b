import type { Tx } from '#platform/postgres';

export interface StoryRow {
  workspaceId: number;
  seed: number;
  people: number;
  months: number;
  now: Date;
  createdAt: Date;
  position: number;
  arrivedAt: Date | null;
  state: 'waiting' | 'filling' | 'filled';
  result: StoryResult | null;
}

/** What came of it, once the past is told. */
export interface StoryResult {
  /** True people, without bots. */
  people: number;
  /** Persons with an identifier that tells somebody, as the program resolved them. */
  knownPersons: number;
  /** Accepted events. */
  events: number;
  orders: number;
  duplicates: number;
  quarantined: number;
  withheld: number;
  /** Of joins against the truth; null where the brand is too large to compare. */
  precision: number | null;
  recall: number | null;
}

const columns = `workspace_id as "workspaceId", seed, people, months, now, created_at as "createdAt", position,
  arrived_at as "arrivedAt", state, result`;

export async function findStory(tx: Tx, workspaceId: number): Promise<StoryRow | undefined> {
  const rows = await tx.query<StoryRow>(
    `select ${columns} from demo_stories where workspace_id = $1`,
    [workspaceId],
    'demo_find_story',
  );
  return rows[0];
}

/** False when the workspace has a story already. */
export async function insertStory(
  tx: Tx,
  story: Pick<StoryRow, 'workspaceId' | 'seed' | 'people' | 'months' | 'now' | 'createdAt'>,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into demo_stories (workspace_id, seed, people, months, now, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning 1`,
    [story.workspaceId, story.seed, story.people, story.months, story.now, story.createdAt],
  );
  return rows.length > 0;
}

/** Takes the story for a while, or keeps it; false while another process holds it. */
export async function holdStory(
  tx: Tx,
  workspaceId: number,
  hold: { holder: string; now: Date; until: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `update demo_stories set holder = $2, held_until = $4
     where workspace_id = $1 and (holder = $2 or held_until is null or held_until < $3) returning 1`,
    [workspaceId, hold.holder, hold.now, hold.until],
    'demo_hold_story',
  );
  return rows.length > 0;
}

export async function letGoOfStory(tx: Tx, workspaceId: number, holder: string): Promise<void> {
  await tx.query(
    'update demo_stories set holder = null, held_until = null where workspace_id = $1 and holder = $2',
    [workspaceId, holder],
  );
}

/** Puts a story that was told down for being told again, up to a later now. */
export async function reopenStory(tx: Tx, workspaceId: number): Promise<void> {
  await tx.query(`update demo_stories set state = 'waiting' where workspace_id = $1`, [workspaceId]);
}

export async function savePosition(
  tx: Tx,
  workspaceId: number,
  at: { position: number; arrivedAt: Date },
): Promise<void> {
  await tx.query(
    `update demo_stories set position = greatest(position, $2), arrived_at = greatest(arrived_at, $3),
       state = case state when 'waiting' then 'filling' else state end
     where workspace_id = $1`,
    [workspaceId, at.position, at.arrivedAt],
    'demo_save_position',
  );
}

export async function saveResult(tx: Tx, workspaceId: number, result: StoryResult): Promise<void> {
  await tx.query(`update demo_stories set state = 'filled', result = $2 where workspace_id = $1`, [
    workspaceId,
    JSON.stringify(result),
  ]);
}
