import type { Principal } from '#modules/identity';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { Refusal } from '#platform/refusal';
import type { Done, Order, Party } from './order.ts';
import type { Programmes } from './programmes.ts';
import * as sql from './proposal-sql.ts';
import { refuse } from './schema.ts';

type By = Pick<Principal, 'workspaceId' | 'actor'>;

/** What takes two people: one asks, another one agrees, and only then it is carried out. */
export function createProposals(deps: {
  pg: Postgres;
  clock: Clock;
  programmes: Pick<Programmes, 'get'>;
  transfer: (workspaceId: number, order: Order) => Promise<Done>;
}) {
  const { pg, clock, programmes, transfer } = deps;

  return {
    async list(workspaceId: number, uuid: string): Promise<sql.ProposalRow[]> {
      const programme = await programmes.get(workspaceId, uuid);
      return pg.inWorkspace(workspaceId, (tx) => sql.listProposals(tx, workspaceId, programme.id));
    },
    async propose(
      by: By,
      programmeUuid: string,
      o: { kind: 'adjust' | 'pay-in' | 'pay-out'; amount: number; reason: string },
      party: Party | null,
      audit: (tx: Tx, uuid: string) => Promise<void> = async () => {},
    ): Promise<sql.ProposalRow> {
      const { workspaceId } = by;
      const programme = await programmes.get(workspaceId, programmeUuid);
      const owner = party && 'person' in party ? ([party.person].flat()[0] ?? null) : null;
      return pg.inWorkspace(workspaceId, async (tx) => {
        const row = await sql.insertProposal(tx, workspaceId, programme.id, {
          uuid: uuidv7(clock),
          content: { kind: o.kind, amount: o.amount, reason: o.reason, party },
          owner,
          proposed_by: by.actor,
          proposed_at: clock.now(),
        });
        await audit(tx, row.uuid);
        return row;
      });
    },
    /**
     * The movement has the proposal as its key: where this process ends in between, deciding again finds it carried out.
     * Refuses `two-people`, `proposal-decided`, and what the movement is refused for; then it stays open.
     */
    async decide(
      by: By,
      programmeUuid: string,
      uuid: string,
      approve: boolean,
      audit: (tx: Tx) => Promise<void> = async () => {},
    ): Promise<sql.ProposalRow> {
      const { workspaceId } = by;
      const programme = await programmes.get(workspaceId, programmeUuid);
      const change = (o: Parameters<typeof sql.changeProposal>[3]) =>
        pg.inWorkspace(workspaceId, (tx) => sql.changeProposal(tx, workspaceId, uuid, o));
      const open = await pg.inWorkspace(workspaceId, async (tx) => {
        const row = uuidShape.test(uuid) ? await sql.lockProposal(tx, workspaceId, programme.id, uuid) : null;
        if (!row) throw refuse('no-such-proposal', 'No proposal of this programme has this id.');
        // Agreed upon, and not carried out: somebody was interrupted, and may go on.
        const interrupted = approve && row.approved === true && row.transfer === null;
        if (row.decided_at && !interrupted)
          throw refuse('proposal-decided', `It was decided by ${row.decided_by} before.`);
        if (approve && row.proposed_by === by.actor)
          throw refuse('two-people', 'Somebody else than who asked for it has to agree.');
        await audit(tx);
        const decided = { by: by.actor, at: clock.now(), approved: approve, transfer: null };
        return interrupted ? row : sql.changeProposal(tx, workspaceId, uuid, decided);
      });
      if (!approve) return open;
      const { kind, amount, reason, party } = open.content;
      const common = {
        programme: programmeUuid,
        key: `proposal:${uuid}`,
        amount,
        reason,
        by: [open.proposed_by, by.actor] as const,
      };
      try {
        const order: Order =
          kind === 'adjust' ? { ...common, kind, party: party ?? { person: [] } } : { ...common, kind };
        const done = await transfer(workspaceId, order);
        return await change({ by: by.actor, at: clock.now(), approved: true, transfer: Number(done.id) });
      } catch (error) {
        if (error instanceof Refusal) await change({ by: null, at: null, approved: null, transfer: null });
        throw error;
      }
    },
  };
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
