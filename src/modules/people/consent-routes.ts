import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import * as consentSql from './consent-sql.ts';
import { consentNow, labelOf, membersById, strongestFirst } from './directory.ts';
import type { People } from './people.ts';
import * as read from './read-sql.ts';
import { ConsentEvidenceSchema, ConsentSchema } from './schema.ts';
import { refreshDenied, toNode } from './settle.ts';
import * as sql from './sql.ts';

const Answer = Type.Object({
  purposes: Type.Record(Type.String(), Type.Boolean(), {
    propertyNames: Type.String({ pattern: '^[\\p{L}\\p{N}_]{1,60}$' }),
    description: 'What was answered, by purpose',
  }),
  source: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'Where it was asked: a form, a shop, a call',
  }),
  text_version: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Which text was shown; the current one where it is left out',
    }),
  ),
  time: Type.Optional(
    Type.String({ format: 'date-time', description: 'When it was answered; now where it is left out' }),
  ),
});

/** The API about consent: what a person answered, kept as evidence. */
export function consentRoutes(app: App, people: People): void {
  const { pg, identity, clock, rules } = people.inside;

  app.get(
    '/api/people/:id/consent',
    {
      onRequest: identity.guard('people:read'),
      schema: {
        tags: ['People'],
        operationId: 'listConsentEvidence',
        summary: 'Every answer that a person gave, with when, where and on which text, newest first',
        security: byBrowserOrKey,
        params: Type.Object({ id: Type.String() }),
        response: {
          200: Type.Object({ items: Type.Array(ConsentEvidenceSchema) }),
          '4xx': problem,
          '5xx': problem,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      return pg.inWorkspace(workspaceId, async (tx) => {
        const members = await membersById(tx, workspaceId, request.params.id);
        const labels = new Map(members.map((row) => [row.key, labelOf(row)]));
        const rows = await read.consentsOf(tx, workspaceId, [...labels.keys()]);
        return {
          items: rows.reverse().map((row) => ({
            purpose: row.purpose,
            granted: row.granted,
            time: row.at.toISOString(),
            received: row.received_at.toISOString(),
            source: row.source,
            text_version: row.text_version,
            message_id: row.message_id,
            from: labels.get(row.key) ?? '',
          })),
        };
      });
    },
  );

  app.post(
    '/api/people/:id/consent',
    {
      onRequest: identity.guard('people:write'),
      schema: {
        tags: ['People'],
        operationId: 'recordConsent',
        summary: 'Record what a person answered, with where and on which text',
        security: byBrowserOrKey,
        params: Type.Object({ id: Type.String() }),
        body: Answer,
        response: { 200: Type.Record(Type.String(), ConsentSchema), '4xx': problem, '5xx': problem },
      },
    },
    async (request) => {
      const { principal, body } = request;
      const { workspaceId } = principal;
      const [settings, kinds] = [await people.settings(workspaceId), await rules(workspaceId)];
      const now = clock.now();
      const at = body.time ? Math.min(Date.parse(body.time), now.getTime()) : now.getTime();
      return pg.inWorkspace(workspaceId, async (tx) => {
        const { nextKey } = await sql.lockGraph(tx, workspaceId);
        const members = await membersById(tx, workspaceId, request.params.id);
        const strongest = strongestFirst(members, kinds)[0];
        if (!strongest) throw new Error('A person has at least one identifier.');
        const node = toNode(strongest);
        const textVersion = body.text_version ?? settings.consent.textVersion;
        const answers = Object.entries(body.purposes);
        for (const [purpose, granted] of answers) {
          const known = node.consent?.[purpose];
          if (!known || known[1] <= at) {
            node.consent = { ...node.consent, [purpose]: [granted, at, textVersion] };
          }
        }
        await sql.updateIdentifiers(tx, workspaceId, [node]);
        await consentSql.insertConsents(
          tx,
          workspaceId,
          answers.map(([purpose, granted]) => ({
            key: node.key,
            purpose,
            granted,
            at,
            source: body.source,
            textVersion,
            messageId: null,
          })),
          now,
        );
        await refreshDenied(tx, workspaceId, new Set([node.person]), () => {});
        await sql.saveGraph(tx, workspaceId, nextKey);
        await identity.audit(tx, principal, 'people.consent-recorded', `person:${request.params.id}`, {
          purposes: Object.keys(body.purposes),
        });
        const keys = members.map((row) => row.key);
        const standing = members.map((row) => (row.key === node.key ? node : row));
        return consentNow(standing, await read.consentsOf(tx, workspaceId, keys), settings);
      });
    },
  );
}
