import type { Tx } from '#platform/postgres';

export interface AwardRow {
  id: number;
  key: string;
  rule_id: number;
  version: number;
  role: string;
  person: number;
  message_id: string;
  order_id: string | null;
  day: number;
  at: Date;
  basis: unknown;
  factor: string;
  granted: number;
  target: number;
  held_until: Date | null;
  expires: string | null;
  posted: number;
  step: number | null;
  earn: string | null;
  problem: string | null;
}

const columns =
  'id, key, rule_id, version, role, person, message_id, order_id, day, at, basis, factor, granted, target, held_until, expires, posted, step, earn, problem';

/** What was decided for these events, and for these orders. */
export function awardsAbout(
  tx: Tx,
  workspaceId: number,
  o: { keys: readonly string[]; orders: readonly string[] },
): Promise<AwardRow[]> {
  return tx.query(
    `select ${columns} from reward_awards
      where workspace_id = $1 and (key = any($2) or order_id = any($3)) order by id`,
    [workspaceId, o.keys, o.orders],
    'rewards.awardsAbout',
  );
}

export interface RefundRow {
  order_id: string;
  message_id: string;
  event: string;
  refund: unknown;
}

export function refundsOf(tx: Tx, workspaceId: number, orders: readonly string[]): Promise<RefundRow[]> {
  return tx.query(
    'select order_id, message_id, event, refund from reward_refunds where workspace_id = $1 and order_id = any($2)',
    [workspaceId, orders],
    'rewards.refundsOf',
  );
}

export async function insertRefunds(
  tx: Tx,
  workspaceId: number,
  refunds: readonly (RefundRow & { key: number })[],
): Promise<void> {
  if (refunds.length === 0) return;
  await tx.query(
    `insert into reward_refunds (workspace_id, order_id, message_id, event, key, refund)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[]) on conflict do nothing`,
    [
      workspaceId,
      refunds.map((one) => one.order_id),
      refunds.map((one) => one.message_id),
      refunds.map((one) => one.event),
      refunds.map((one) => one.key),
      refunds.map((one) => JSON.stringify(one.refund)),
    ],
    'rewards.insertRefunds',
  );
}

/** What people had by a rule so far, each identifier that they were paid under for itself. */
export function usedByPeople(
  tx: Tx,
  workspaceId: number,
  o: { rules: readonly number[]; keys: readonly number[] },
): Promise<{ rule_id: number; person: number; day: number; points: number }[]> {
  return tx.query(
    `select rule_id, person, day, sum(target)::bigint as points from reward_awards
      where workspace_id = $1 and rule_id = any($2) and person = any($3) group by rule_id, person, day`,
    [workspaceId, o.rules, o.keys],
    'rewards.usedByPeople',
  );
}

export function usedByRules(
  tx: Tx,
  workspaceId: number,
  rules: readonly number[],
): Promise<{ id: number; points: number }[]> {
  return tx.query(
    'select id, points from reward_rules where workspace_id = $1 and id = any($2) order by id for update',
    [workspaceId, rules],
    'rewards.usedByRules',
  );
}

export type NewAward = Omit<AwardRow, 'id' | 'posted' | 'step' | 'earn' | 'problem'>;

export async function insertAwards(
  tx: Tx,
  workspaceId: number,
  awards: readonly NewAward[],
  now: Date,
): Promise<void> {
  if (awards.length === 0) return;
  const column = (name: keyof NewAward) => awards.map((one) => one[name]);
  await tx.query(
    `insert into reward_awards (workspace_id, key, rule_id, version, role, person, message_id, order_id, day, at, basis,
            factor, granted, target, held_until, expires, try_at)
     select $1, *, $17::timestamptz from unnest($2::text[], $3::int[], $4::int[], $5::text[], $6::bigint[], $7::text[],
            $8::text[], $9::int[], $10::timestamptz[], $11::jsonb[], $12::text[], $13::bigint[], $14::bigint[],
            $15::timestamptz[], $16::date[])`,
    [
      workspaceId,
      column('key'),
      column('rule_id'),
      column('version'),
      column('role'),
      column('person'),
      column('message_id'),
      column('order_id'),
      column('day'),
      column('at'),
      awards.map((one) => JSON.stringify(one.basis)),
      column('factor'),
      column('granted'),
      column('target'),
      column('held_until'),
      column('expires'),
      now,
    ],
    'rewards.insertAwards',
  );
}

export async function lowerAwards(
  tx: Tx,
  workspaceId: number,
  lowered: readonly { id: number; target: number }[],
  now: Date,
): Promise<void> {
  if (lowered.length === 0) return;
  await tx.query(
    `update reward_awards a set target = l.target, try_at = least(a.try_at, $4)
       from unnest($2::bigint[], $3::bigint[]) l (id, target) where a.workspace_id = $1 and a.id = l.id`,
    [workspaceId, lowered.map((one) => one.id), lowered.map((one) => one.target), now],
    'rewards.lowerAwards',
  );
}

export async function countForRules(
  tx: Tx,
  workspaceId: number,
  counts: readonly { rule: number; points: number; awards: number }[],
): Promise<void> {
  if (counts.length === 0) return;
  await tx.query(
    `update reward_rules r set points = r.points + c.points, awards = r.awards + c.awards
       from unnest($2::int[], $3::bigint[], $4::bigint[]) c (id, points, awards)
      where r.workspace_id = $1 and r.id = c.id`,
    [workspaceId, counts.map((c) => c.rule), counts.map((c) => c.points), counts.map((c) => c.awards)],
    'rewards.countForRules',
  );
}

// --- to the ledger ---

export interface DueRow {
  id: number;
  key: string;
  programme: string;
  rule: string;
  version: number;
  person: number;
  order_id: string | null;
  posted: number;
  step: number;
  earn: string | null;
  held_until: Date | null;
  expires: string | null;
  origin: string;
}

/**
 * What the ledger does not have as it was decided, and what it is to be brought to: written down before it is asked, so
 * that who comes after a crash asks for the same under the same key.
 */
export function takeDue(
  tx: Tx,
  workspaceId: number,
  o: { now: Date; again: Date; most: number },
): Promise<DueRow[]> {
  return tx.query(
    `with due as (
       select id from reward_awards
        where workspace_id = $1 and (posted <> target or step is not null) and try_at <= $2
        order by try_at, id limit $4 for update skip locked
     ), taken as (
       update reward_awards a set step = coalesce(a.step, a.target), try_at = $3, tries = a.tries + 1
         from due where a.workspace_id = $1 and a.id = due.id
       returning a.id, a.key, a.rule_id, a.version, a.person, a.order_id, a.posted, a.step, a.earn, a.held_until, a.expires
     )
     select t.*, r.programme, r.uuid as rule, v.body ->> 'origin' as origin from taken t
       join reward_rules r on r.workspace_id = $1 and r.id = t.rule_id
       join reward_rule_versions v on v.workspace_id = $1 and v.rule_id = t.rule_id and v.version = t.version
      order by t.id`,
    [workspaceId, o.now, o.again, o.most],
    'rewards.takeDue',
  );
}

export async function saveSteps(
  tx: Tx,
  workspaceId: number,
  done: readonly { id: number; step: number; earn: string | null }[],
  now: Date,
): Promise<void> {
  if (done.length === 0) return;
  await tx.query(
    `update reward_awards a set posted = a.step, step = null, earn = coalesce(a.earn, d.earn), tries = 0, problem = null,
            try_at = $5
       from unnest($2::bigint[], $3::bigint[], $4::text[]) d (id, step, earn)
      where a.workspace_id = $1 and a.id = d.id and a.step = d.step`,
    [workspaceId, done.map((d) => d.id), done.map((d) => d.step), done.map((d) => d.earn), now],
    'rewards.saveSteps',
  );
}

/** `dropsStep`: the ledger did nothing, so the step may be another one next time. */
export async function saveProblems(
  tx: Tx,
  workspaceId: number,
  problems: readonly { id: number; problem: string; tryAt: Date | null }[],
): Promise<void> {
  if (problems.length === 0) return;
  await tx.query(
    `update reward_awards a set problem = p.problem, try_at = coalesce(p.try_at, 'infinity'), step = null
       from unnest($2::bigint[], $3::text[], $4::timestamptz[]) p (id, problem, try_at)
      where a.workspace_id = $1 and a.id = p.id`,
    [workspaceId, problems.map((p) => p.id), problems.map((p) => p.problem), problems.map((p) => p.tryAt)],
  );
}

export async function workspacesDue(tx: Tx, now: Date): Promise<number[]> {
  const rows = await tx.query<{ workspace_id: number }>(
    `select distinct workspace_id from reward_awards where (posted <> target or step is not null) and try_at <= $1`,
    [now],
    'rewards.workspacesDue',
  );
  return rows.map((row) => row.workspace_id);
}

/** Everything that was refused is tried again. */
export async function tryAgain(tx: Tx, workspaceId: number, ruleId: number, now: Date): Promise<void> {
  await tx.query(
    `update reward_awards set try_at = $3 where workspace_id = $1 and rule_id = $2 and posted <> target`,
    [workspaceId, ruleId, now],
  );
}

// --- for the eye ---

export function awardsOfPerson(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
  most: number,
): Promise<(AwardRow & { rule: string; rule_name: string })[]> {
  return tx.query(
    `select a.*, r.uuid as rule, r.name as rule_name from reward_awards a
       join reward_rules r on r.workspace_id = a.workspace_id and r.id = a.rule_id
      where a.workspace_id = $1 and a.person = any($2) order by a.at desc, a.id desc limit $3`,
    [workspaceId, keys, most],
  );
}

/** Who is erased is in no award and no refund any more; what was decided keeps its sum. */
export async function forgetPeople(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<void> {
  await tx.query(
    `update reward_awards set person = 0, key = 'erased ' || id, message_id = '', order_id = null, basis = '{}',
            posted = target, step = null, earn = null, problem = null
      where workspace_id = $1 and person = any($2)`,
    [workspaceId, keys],
  );
  await tx.query('delete from reward_refunds where workspace_id = $1 and key = any($2)', [workspaceId, keys]);
  await tx.query(
    'delete from reward_invitations where workspace_id = $1 and (person = any($2) or inviter = any($2))',
    [workspaceId, keys],
  );
}

export async function insertInvitations(
  tx: Tx,
  workspaceId: number,
  list: readonly { person: number; inviter: number; at: Date }[],
): Promise<void> {
  if (list.length === 0) return;
  await tx.query(
    `insert into reward_invitations (workspace_id, person, inviter, at)
     select distinct on (person) $1::int, person, inviter, at from unnest($2::bigint[], $3::bigint[], $4::timestamptz[]) i (person, inviter, at)
      where person <> inviter order by person, at
     on conflict (workspace_id, person) do update set inviter = excluded.inviter, at = excluded.at
      where excluded.at < reward_invitations.at`,
    [workspaceId, list.map((i) => i.person), list.map((i) => i.inviter), list.map((i) => i.at)],
    'rewards.insertInvitations',
  );
}

export function invitersOf(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<{ person: number; inviter: number; at: Date }[]> {
  return tx.query(
    'select person, inviter, at from reward_invitations where workspace_id = $1 and person = any($2)',
    [workspaceId, keys],
    'rewards.invitersOf',
  );
}
