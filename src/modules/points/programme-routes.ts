import Type from 'typebox';
import type { Principal } from '#modules/identity';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import { LawCheck, LogView, NewProposal, Proposal, Report, ReportQuery } from './desk/schema.ts';
import type { Points } from './points.ts';
import type { Programme as Row } from './programmes.ts';
import type { ProposalRow } from './proposal-sql.ts';
import { NewPolicy, NewProgramme, Programme } from './schema.ts';

const errors = { '4xx': problem, '5xx': problem };
const common = { tags: ['Points'], security: byBrowserOrKey };
type By = Pick<Principal, 'workspaceId' | 'actor'>;
const Id = Type.Object({ programme: Type.String() });

/** The API of programmes: their policies, what two people decide, the laws of the books, the report. */
export function programmeRoutes(app: App, points: Points): void {
  const { identity, people, pg } = points.inside;

  /** With whom they are about, and what those who asked and decided are called. */
  async function shown({ workspaceId, actor }: By, rows: readonly ProposalRow[]) {
    const owners = rows.flatMap(({ content }) => ownerOf(content) ?? []);
    const [persons, names] = await Promise.all([
      people.idsOfKeys(workspaceId, owners),
      pg.inWorkspace(workspaceId, (tx) =>
        identity.actorNames(
          tx,
          rows.flatMap((row) => [row.proposed_by, row.decided_by ?? []].flat()),
        ),
      ),
    ]);
    return rows.map((row) => proposalView(row, actor, { persons, names }));
  }
  async function one(by: By, row: ProposalRow) {
    const [view] = await shown(by, [row]);
    if (!view) throw new Error('A proposal without its view.');
    return view;
  }

  app.get(
    '/api/points',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'listPointsProgrammes',
        summary: 'The programmes of points, with their policies',
        response: { 200: Type.Object({ items: Type.Array(Programme) }), ...errors },
      },
    },
    async ({ principal }) => ({
      items: (await points.programmes.list(principal.workspaceId)).map(programmeView),
    }),
  );

  app.post(
    '/api/points',
    {
      onRequest: identity.guard('settings:write'),
      schema: {
        ...common,
        operationId: 'createPointsProgramme',
        summary:
          'A programme of points, with a public log of its own; nothing can be issued before its reserve is paid in',
        body: NewProgramme,
        response: { 201: Programme, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      const made = await points.programmes.create(principal, body, (tx, uuid) =>
        identity.audit(tx, principal, 'points.programme-created', `programme:${uuid}`),
      );
      reply.code(201);
      return programmeView(made);
    },
  );

  app.post(
    '/api/points/:programme/policies',
    {
      onRequest: identity.guard('settings:write'),
      schema: {
        ...common,
        operationId: 'setPointsPolicy',
        summary: 'A new version of the policy, from now or from a moment to come',
        params: Id,
        body: NewPolicy,
        response: { 201: Programme, ...errors },
      },
    },
    async ({ principal, params, body }, reply) => {
      const from = body.from === undefined ? undefined : new Date(body.from);
      const changed = await points.programmes.setPolicy(
        principal,
        params.programme,
        { ...body, from },
        (tx) => identity.audit(tx, principal, 'points.policy-set', `programme:${params.programme}`),
      );
      reply.code(201);
      return programmeView(changed);
    },
  );

  app.get(
    '/api/points/:programme/report',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'getPointsReport',
        summary:
          'What is outstanding, held, backed and expected to be spent; by origin; and what moved, day by day',
        params: Id,
        querystring: ReportQuery,
        response: { 200: Report, ...errors },
      },
    },
    ({ principal, params, query }) => points.report(principal.workspaceId, params.programme, query),
  );

  app.get(
    '/api/points/laws',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'getPointsLaws',
        summary: 'Whether the books keep their laws, as they were looked at last',
        response: { 200: Type.Object({ items: Type.Array(LawCheck) }), ...errors },
      },
    },
    async ({ principal }) => {
      const rows = await points.laws.checks(principal.workspaceId);
      return {
        items: rows.map(({ programme, at, took_ms, broken }) => ({
          programme,
          at: at.toISOString(),
          tookMs: took_ms,
          broken,
        })),
      };
    },
  );

  app.post(
    '/api/points/:programme/laws',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'checkPointsLaws',
        summary: 'Look now whether the books keep their laws; reads all of them',
        params: Id,
        response: { 200: Type.Object({ items: LawCheck.properties.broken }), ...errors },
      },
    },
    async ({ principal, params }) => ({
      items: await points.laws.check(principal.workspaceId, params.programme),
    }),
  );

  app.get(
    '/api/points/:programme/log',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'getPointsLog',
        summary: 'How far the public log is behind the books, and what of it is signed',
        params: Id,
        response: { 200: LogView, ...errors },
      },
    },
    async ({ principal, params }) => {
      const state = await points.logState(principal.workspaceId, params.programme);
      return {
        ...state,
        signedAt: state.signedAt?.toISOString() ?? null,
        totalsAt: state.totalsAt?.toISOString() ?? null,
      };
    },
  );

  app.get(
    '/api/points/:programme/proposals',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'listPointsProposals',
        summary: 'What waits for a second person, and what was decided; the newest first',
        params: Id,
        response: { 200: Type.Object({ items: Type.Array(Proposal) }), ...errors },
      },
    },
    async ({ principal, params }) => ({
      items: await shown(principal, await points.proposals.list(principal.workspaceId, params.programme)),
    }),
  );

  app.post(
    '/api/points/:programme/proposals',
    {
      onRequest: identity.guard('points:write'),
      schema: {
        ...common,
        operationId: 'proposePoints',
        summary: 'Ask for an adjustment or a movement of the reserve; somebody else has to agree',
        params: Id,
        body: NewProposal,
        response: { 201: Proposal, ...errors },
      },
    },
    async ({ principal, params, body }, reply) => {
      const party =
        body.kind === 'adjust'
          ? 'partner' in body.party
            ? body.party
            : await points.party(principal.workspaceId, body.party)
          : null;
      const made = await points.proposals.propose(principal, params.programme, body, party, (tx, uuid) =>
        identity.audit(tx, principal, 'points.proposed', `proposal:${uuid}`, { kind: body.kind }),
      );
      reply.code(201);
      return one(principal, made);
    },
  );

  app.post(
    '/api/points/:programme/proposals/:id/decide',
    {
      onRequest: identity.guard('points:write'),
      schema: {
        ...common,
        operationId: 'decidePointsProposal',
        summary: 'Agree, and it is carried out; or turn it down. Not by who asked for it',
        params: Type.Object({ ...Id.properties, id: Type.String() }),
        body: Type.Object({ approve: Type.Boolean() }),
        response: { 200: Proposal, ...errors },
      },
    },
    async ({ principal, params, body }) =>
      one(
        principal,
        await points.proposals.decide(principal, params.programme, params.id, body.approve, (tx) =>
          identity.audit(tx, principal, 'points.decided', `proposal:${params.id}`, { approve: body.approve }),
        ),
      ),
  );
}

function programmeView(row: Row) {
  return {
    id: row.uuid,
    name: row.name,
    slug: row.slug,
    currency: row.currency,
    createdAt: row.created_at.toISOString(),
    policies: row.policies.map(({ version, from_ms, policy, by }) => ({
      version,
      from: new Date(from_ms).toISOString(),
      policy,
      by,
    })),
  };
}

function ownerOf({ party }: ProposalRow['content']): number | null {
  return party && 'person' in party ? ([party.person].flat()[0] ?? null) : null;
}

function proposalView(
  row: ProposalRow,
  reader: string,
  { persons, names }: { persons: ReadonlyMap<number, string>; names: ReadonlyMap<string, string> },
) {
  const { kind, amount, reason, party } = row.content;
  return {
    id: row.uuid,
    kind,
    amount,
    reason,
    person: persons.get(ownerOf(row.content) ?? 0) ?? null,
    partner: party && 'partner' in party ? party.partner : null,
    proposedBy: row.proposed_by,
    proposedByName: names.get(row.proposed_by) ?? null,
    proposedAt: row.proposed_at.toISOString(),
    own: row.proposed_by === reader,
    decidedBy: row.decided_by,
    decidedByName: names.get(row.decided_by ?? '') ?? null,
    decidedAt: row.decided_at?.toISOString() ?? null,
    approved: row.approved,
    movement: row.transfer === null ? null : String(row.transfer),
  };
}
