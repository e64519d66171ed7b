import type { Tx } from '#platform/postgres';
import type { Party } from './order.ts';

/** What was asked for. Whom it is about stands here as keys, and goes with the person. */
export interface ProposalContent {
  kind: 'adjust' | 'pay-in' | 'pay-out';
  amount: number;
  reason: string;
  party: Party | null;
}
export interface ProposalRow {
  uuid: string;
  content: ProposalContent;
  proposed_by: string;
  proposed_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  approved: boolean | null;
  transfer: number | null;
}

const columns =
  'uuid::text as uuid, content, proposed_by, proposed_at, decided_by, decided_at, approved, transfer';

export async function insertProposal(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: Pick<ProposalRow, 'uuid' | 'content' | 'proposed_by' | 'proposed_at'> & { owner: number | null },
): Promise<ProposalRow> {
  const [row] = await tx.query<ProposalRow>(
    `insert into points_proposals (workspace_id, uuid, programme_id, content, owner, proposed_by, proposed_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
    [workspaceId, o.uuid, programmeId, JSON.stringify(o.content), o.owner, o.proposed_by, o.proposed_at],
  );
  if (!row) throw new Error('A proposal was not written.');
  return row;
}

export async function listProposals(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
): Promise<ProposalRow[]> {
  return tx.query<ProposalRow>(
    `select ${columns} from points_proposals where workspace_id = $1 and programme_id = $2
     order by decided_at is not null, id desc limit 200`,
    [workspaceId, programmeId],
  );
}

export async function lockProposal(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  uuid: string,
): Promise<ProposalRow | null> {
  const [row] = await tx.query<ProposalRow>(
    `select ${columns} from points_proposals where workspace_id = $1 and programme_id = $2 and uuid = $3 for update`,
    [workspaceId, programmeId, uuid],
  );
  return row ?? null;
}

export async function changeProposal(
  tx: Tx,
  workspaceId: number,
  uuid: string,
  o: { by: string | null; at: Date | null; approved: boolean | null; transfer: number | null },
): Promise<ProposalRow> {
  const [row] = await tx.query<ProposalRow>(
    `update points_proposals set decided_by = $3, decided_at = $4, approved = $5, transfer = $6
     where workspace_id = $1 and uuid = $2 returning ${columns}`,
    [workspaceId, uuid, o.by, o.at, o.approved, o.transfer],
  );
  if (!row) throw new Error('A proposal is gone.');
  return row;
}
