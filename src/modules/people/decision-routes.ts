import Type from 'typebox';
import type { App } from '#platform/http';
import { problem } from '#platform/http';
import { joinPeople, previewSplit, splitPerson } from './decide.ts';
import * as directory from './directory.ts';
import { normalize, parseIdentifier } from './identifier.ts';
import type { People } from './people.ts';
import { personId } from './person-id.ts';
import * as read from './read-sql.ts';
import { ConflictSchema, PersonSchema, refuse } from './schema.ts';
import * as sql from './sql.ts';

const tags = ['People'];
const Id = Type.Object({ id: Type.String() });
const errors = { '4xx': problem, '5xx': problem };
const note = Type.Optional(Type.String({ maxLength: 1000, description: 'Why; kept with the decision' }));
const identifiers = Type.Array(Type.String({ maxLength: 560 }), {
  minItems: 1,
  maxItems: 1000,
  description: 'As kind:value',
});

/** The API of the team's decisions: who is one person, and who is not. */
export function decisionRoutes(app: App, people: People): void {
  const { pg, identity, facts, clock, rules, carry } = people.inside;
  const may = identity.guard;

  app.post(
    '/api/people/:id/join',
    {
      onRequest: may('people:write'),
      schema: {
        tags,
        operationId: 'joinPeople',
        summary:
          'Two are one: the person of the path keeps its unique values, those of the other are retired',
        params: Id,
        body: Type.Object({
          person: Type.Optional(Type.String({ description: 'Id of the other person' })),
          identifier: Type.Optional(
            Type.String({ maxLength: 600, description: 'Or one of its identifiers, as kind:value' }),
          ),
          note,
        }),
        response: { 200: PersonSchema, ...errors },
      },
    },
    async (request) => {
      const { principal } = request;
      const { workspaceId } = principal;
      const kinds = await rules(workspaceId);
      const { person, identifier } = request.body;
      await pg.inWorkspace(workspaceId, async (tx) => {
        await sql.lockGraph(tx, workspaceId);
        const stays = await directory.membersById(tx, workspaceId, request.params.id);
        let other: sql.IdentifierRow[] = [];
        if (person !== undefined) other = await directory.membersById(tx, workspaceId, person);
        else if (identifier !== undefined) {
          const row = await directory.findIdentifier(tx, workspaceId, identifier, kinds);
          if (!row) throw refuse('no-such-person', 'Nobody has this identifier.');
          other = await directory.membersByKey(tx, workspaceId, row.person_key);
        } else throw refuse('bad-query', 'Say who is joined: the id of a person, or an identifier.');
        const how = {
          workspaceId,
          rules: kinds,
          facts,
          clock,
          by: principal,
          note: request.body.note ?? null,
        };
        await joinPeople(tx, how, stays, other);
        await identity.audit(tx, principal, 'people.joined', `person:${request.params.id}`);
      });
      await carry();
      return people.describe(workspaceId, request.params.id) as never;
    },
  );

  const Split = Type.Object({
    identifiers,
    preview: Type.Optional(Type.Boolean({ default: false, description: 'Only tell what would move' })),
    note,
  });
  app.post(
    '/api/people/:id/split',
    {
      onRequest: may('people:write'),
      schema: {
        tags,
        operationId: 'splitPerson',
        summary:
          'These identifiers are somebody else: they move out with their events and traits, and stay apart',
        params: Id,
        body: Split,
        response: {
          200: Type.Object({
            stays: Type.Array(Type.String()),
            leaves: Type.Array(Type.String()),
            person: Type.Union([PersonSchema, Type.Null()]),
            other: Type.Union([PersonSchema, Type.Null()]),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { principal } = request;
      const { workspaceId } = principal;
      const kinds = await rules(workspaceId);
      const done = await pg.inWorkspace(workspaceId, async (tx) => {
        await sql.lockGraph(tx, workspaceId);
        const members = await directory.membersById(tx, workspaceId, request.params.id);
        const leaving = new Set(
          request.body.identifiers.map((text) => {
            const raw = parseIdentifier(text);
            const wanted = raw && normalize(raw, { ...kinds, blocked: new Set() });
            const row =
              wanted && 'kind' in wanted
                ? members.find((m) => m.kind === wanted.kind && m.value === wanted.value)
                : undefined;
            if (!row)
              throw refuse('cannot-split', `The person does not have the identifier ${text.slice(0, 100)}.`);
            return row.key;
          }),
        );
        const moves = await previewSplit(tx, { workspaceId, rules: kinds }, members, leaving);
        const labels = new Map(members.map((row) => [row.key, directory.labelOf(row)]));
        const names = (keys: readonly number[]) => keys.map((key) => labels.get(key) ?? '');
        const told = { stays: names(moves.stays), leaves: names(moves.leaves) };
        if (request.body.preview) return { ...told, left: null, right: null };
        const how = {
          workspaceId,
          rules: kinds,
          facts,
          clock,
          by: principal,
          note: request.body.note ?? null,
        };
        await splitPerson(tx, how, members, leaving);
        await identity.audit(tx, principal, 'people.split', `person:${request.params.id}`);
        const id = (key: number | undefined) => {
          const row = members.find((member) => member.key === key);
          return row ? personId(row.created_at, row.key) : null;
        };
        return { ...told, left: id(moves.stays[0]), right: id(moves.leaves[0]) };
      });
      const { left, right, ...told } = done;
      if (left) await carry();
      return {
        ...told,
        person: left ? await people.describe(workspaceId, left) : null,
        other: right ? await people.describe(workspaceId, right) : null,
      } as never;
    },
  );

  app.get(
    '/api/conflicts',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'listConflicts',
        summary:
          'Events that tie people together who each have their own user id or card: for the team to decide',
        querystring: Type.Object({
          cursor: Type.Optional(Type.String()),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(ConflictSchema),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { cursor, limit = 50 } = request.query;
      const [, ms = '', hash = ''] = /^(\d{1,15})\.(.+)$/.exec(cursor ?? '') ?? [];
      if (cursor !== undefined && !isTieId(hash))
        throw refuse('bad-query', 'This cursor is not one of ours.');
      const kinds = await rules(workspaceId);
      return pg.inWorkspace(workspaceId, async (tx) => {
        const ties = await read.listConflicts(
          tx,
          workspaceId,
          cursor ? { at: new Date(Number(ms)), hash } : null,
          limit,
        );
        const rows = await sql.findByKey(
          tx,
          workspaceId,
          ties.flatMap((tie) => tie.keys),
        );
        const byKey = new Map(rows.map((row) => [row.key, row]));
        const items = [];
        for (const tie of ties) {
          const members = tie.keys.flatMap((key) => byKey.get(key) ?? []);
          const persons = [...new Set(members.map((row) => row.person_key))];
          const all = (await sql.membersOf(tx, workspaceId, persons)).filter(
            (row) => kinds.kinds.get(row.kind)?.unique && row.state === 0,
          );
          const clashing = [...Map.groupBy(all, (row) => row.kind).values()]
            .filter((list) => list.length > 1)
            .flat();
          items.push({
            id: tie.hash,
            rule: tie.rule,
            message_id: tie.message_id,
            time: tie.at.toISOString(),
            received: tie.received_at.toISOString(),
            collides: clashing.map(directory.labelOf),
            people: await directory.summarize(tx, workspaceId, persons, kinds),
          });
        }
        const last = ties.at(-1);
        return {
          items,
          next: ties.length === limit && last ? `${last.received_at.getTime()}.${last.hash}` : null,
        };
      });
    },
  );

  app.post(
    '/api/conflicts/:id/keep-apart',
    {
      onRequest: may('people:write'),
      schema: {
        tags,
        operationId: 'keepApart',
        summary:
          'Decide a conflict: the people are different, and stay so. (To decide that they are one, join them.)',
        params: Id,
        body: Type.Object({ note }),
        response: { 200: Type.Object({ kept_apart: Type.Integer() }), ...errors },
      },
    },
    async (request) => {
      const { principal } = request;
      const { workspaceId } = principal;
      if (!isTieId(request.params.id)) throw refuse('no-such-conflict', 'There is no such conflict.');
      const kinds = await rules(workspaceId);
      const apart = await pg.inWorkspace(workspaceId, async (tx) => {
        await sql.lockGraph(tx, workspaceId);
        const tie = await read.findConflict(tx, workspaceId, request.params.id);
        if (!tie) throw refuse('no-such-conflict', 'There is no such conflict, or it is decided already.');
        const rows = await sql.findByKey(tx, workspaceId, tie.keys);
        const persons = [...new Set(rows.map((row) => row.person_key))];
        const members = await sql.membersOf(tx, workspaceId, persons);
        const [first, ...others] = persons;
        const how = {
          workspaceId,
          rules: kinds,
          facts,
          clock,
          by: principal,
          note: request.body.note ?? null,
        };
        for (const other of others) {
          await splitPerson(
            tx,
            how,
            members.filter((row) => row.person_key === first || row.person_key === other),
            new Set(members.filter((row) => row.person_key === other).map((row) => row.key)),
          );
        }
        await identity.audit(tx, principal, 'people.kept-apart', `conflict:${tie.hash}`);
        return persons.length;
      });
      await carry();
      return { kept_apart: apart };
    },
  );
}

/** A signed number of 64 bits, as text. */
function isTieId(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}
