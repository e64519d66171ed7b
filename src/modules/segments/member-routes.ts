import { Readable } from 'node:stream';
import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import * as members from './live/members-sql.ts';
import { History, IsMember, MemberPage, OfPerson, Overlap, Why } from './live/schema.ts';
import type { JsonValue } from './rule/index.ts';
import { refuse } from './schema.ts';
import type { Segments } from './segments.ts';
import * as sql from './sql.ts';
import { fromWaiting, type Told, toldView } from './view.ts';

const about = { tags: ['Segments'], security: byBrowserOrKey };
const errors = { '4xx': problem, '5xx': problem };
const Id = Type.Object({ id: Type.String() });
const csvPage = 5_000;
const historyOfPerson = 200;

/** The API about who is in, who was, and why. */
export function memberRoutes(app: App, segments: Segments): void {
  const { pg, ch, identity, people, clock } = segments.inside;
  const may = identity.guard;

  /** The edition that is live. Refuses `not-filled`. */
  async function liveOf(
    workspaceId: number,
    uuid: string,
  ): Promise<{ row: sql.SegmentRow; edition: number }> {
    const row = await segments.find(workspaceId, uuid);
    if (row.edition === null) throw refuse('not-filled', 'The segment is being filled, or archived.');
    return { row, edition: row.edition };
  }

  async function pageOf(workspaceId: number, edition: number, after: number, most: number) {
    const page = await segments.membership.page(workspaceId, edition, { after, most });
    const ids = await people.idsOf(
      workspaceId,
      page.items.map((one) => one.person),
    );
    const items = page.items.flatMap(({ person, sinceMs }) => {
      const id = ids.get(person);
      return id ? [{ person, person_id: id, since: new Date(sinceMs).toISOString() }] : [];
    });
    return { items, next: page.next };
  }

  app.get(
    '/api/segments/:id/members',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'listMembers',
        summary: 'Who is in at this moment',
        params: Id,
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
        }),
        response: { 200: MemberPage, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { edition } = await liveOf(workspaceId, request.params.id);
      const { cursor = '0', limit = 100 } = request.query;
      const page = await pageOf(workspaceId, edition, Number(cursor), limit);
      const items = page.items.map(({ person, ...one }) => one);
      return { items, next: page.next === null ? null : String(page.next) };
    },
  );

  app.get(
    '/api/segments/:id/members/:person',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'isMember',
        summary: 'Whether a person is in at this moment, and since when',
        params: Type.Object({ id: Type.String(), person: Type.String({ description: 'Id of the person' }) }),
        response: { 200: IsMember, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const [{ edition }, person] = await Promise.all([
        liveOf(workspaceId, request.params.id),
        segments.headOf(workspaceId, request.params.person),
      ]);
      const since = await segments.membership.sinceWhen(workspaceId, edition, person);
      return { in: since !== null, since: since === null ? null : new Date(since).toISOString() };
    },
  );

  app.get(
    '/api/segments/:id/members.csv',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'exportMembers',
        summary: 'Everybody who is in, with their computed traits, as CSV, however many',
        params: Id,
        response: { 200: Type.String({ description: 'text/csv' }), ...errors },
      },
    },
    async (request, reply) => {
      const { workspaceId } = request.principal;
      const { edition } = await liveOf(workspaceId, request.params.id);
      const names = await segments.computed.names(workspaceId);
      async function* lines() {
        yield `${['person_id', 'since', ...names.map(csvCell)].join(',')}\n`;
        for (let after: number | null = 0; after !== null; ) {
          const page: Awaited<ReturnType<typeof pageOf>> = await pageOf(workspaceId, edition, after, csvPage);
          const persons = names.length === 0 ? [] : page.items.map((one) => one.person);
          const values = await segments.computed.of(workspaceId, persons);
          const cells = (person: number) => names.map((name) => csvCell(values.get(person)?.[name]));
          yield page.items
            .map(({ person_id: id, since, person }) => `${[id, since, ...cells(person)].join(',')}\n`)
            .join('');
          after = page.next;
        }
      }
      reply.header('content-type', 'text/csv; charset=utf-8');
      reply.header('content-disposition', `attachment; filename="segment-${request.params.id}.csv"`);
      return reply.send(Readable.from(lines()) as never);
    },
  );

  app.get(
    '/api/segments/:id/count',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'countMembers',
        summary: 'How many are in at this moment',
        params: Id,
        response: { 200: Type.Object({ count: Type.Integer() }), ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { edition } = await liveOf(workspaceId, request.params.id);
      return { count: await segments.membership.count(workspaceId, edition) };
    },
  );

  app.get(
    '/api/segments/:id/overlap',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'segmentOverlap',
        summary: 'How many members each other segment shares with this one, the most first',
        params: Id,
        response: { 200: Overlap, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { row, edition } = await liveOf(workspaceId, request.params.id);
      const others = (await segments.list(workspaceId)).filter((one) => one.id !== row.id);
      const editions = others.flatMap((one) => one.edition ?? []);
      const [size, both] = await Promise.all([
        segments.membership.count(workspaceId, edition),
        segments.membership.shared(workspaceId, edition, editions),
      ]);
      const items = others.flatMap((one) => {
        if (one.edition === null) return [];
        const shared = both.get(one.edition) ?? 0;
        return [{ id: one.uuid, name: one.name, size: Math.max(shared, one.size), both: shared }];
      });
      return { size, items: items.sort((a, b) => b.both - a.both || b.size - a.size) };
    },
  );

  app.get(
    '/api/segments/:id/history',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'segmentHistory',
        summary: 'Who entered and left, newest first, and the size by the hour',
        params: Id,
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650, default: 30 })),
        }),
        response: { 200: History, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const row = await segments.find(workspaceId, request.params.id);
      const { cursor, limit = 100, days = 30 } = request.query;
      const before = cursor === undefined ? clock.ms() + 1 : Number(cursor);
      const since = new Date(clock.ms() - days * 86_400_000);
      const waiting = await segments.membership.toldLately(workspaceId, { segment: row.id });
      const sizes = await pg.inWorkspace(workspaceId, (tx) => sql.sizesSince(tx, workspaceId, row.id, since));
      const there = await members.historyOfSegment(ch, { workspaceId, segment: row.id, before, most: limit });
      const last = there.at(-1);
      const oldest = there.length >= limit && last ? Number(last.at_ms) : 0;
      const told = [...there.map(fromHistory), ...waiting.map(fromWaiting)].filter(
        (one) => one.atMs < before && one.atMs >= oldest,
      );
      const items = await toldView(segments, workspaceId, told);
      return {
        items: items.map(({ atMs, ...one }) => one),
        sizes: sizes.map((one) => ({
          hour: one.hour.toISOString(),
          size: Math.max(0, one.size),
          entered: one.entered,
          left: one.gone,
        })),
        next: oldest === 0 ? null : String(oldest),
      };
    },
  );

  app.get(
    '/api/segments/:id/why',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'whySegment',
        summary: 'Why a person is in or not: the rule as a tree, with what was found for each part',
        params: Id,
        querystring: Type.Object({ person: Type.String({ description: 'Id of the person' }) }),
        response: { 200: Why, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const person = await segments.headOf(workspaceId, request.query.person);
      const found = await segments.why(workspaceId, request.params.id, person);
      if (!found) throw refuse('no-such-segment', 'The person is gone.');
      return {
        in: found.in,
        until: Number.isFinite(found.until) && !found.early ? new Date(found.until).toISOString() : null,
        why: found.why,
      };
    },
  );

  app.get(
    '/api/people/:id/segments',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'segmentsOfPerson',
        summary: 'The segments that a person is in, and those entered and left before',
        params: Id,
        response: { 200: OfPerson, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const person = await segments.headOf(workspaceId, request.params.id);
      const [now, all, waiting, there] = await Promise.all([
        segments.membership.ofPerson(workspaceId, person),
        segments.list(workspaceId),
        segments.membership.toldLately(workspaceId, { person }),
        members.historyOfPerson(ch, { workspaceId, person, most: historyOfPerson }),
      ]);
      const history = await toldView(segments, workspaceId, [
        ...there.map(fromHistory),
        ...waiting.map(fromWaiting),
      ]);
      return {
        now: all.flatMap((row) => {
          const found = now.find((one) => one.edition === row.edition);
          return found
            ? [{ id: row.uuid, name: row.name, since: new Date(found.sinceMs).toISOString() }]
            : [];
        }),
        history: history.map(({ atMs, ...one }) => one),
      };
    },
  );
}

/** A list has its values behind each other; what begins like a formula is kept from being one. */
function csvCell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return csvCell(value.map((one) => String(one)).join('; '));
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function fromHistory(row: members.HistoryRow): Told {
  return {
    segment: row.segment,
    person: Number(row.person),
    atMs: Number(row.at_ms),
    entered: row.entered === 1,
    cause: row.cause,
    version: Number(row.version),
  };
}
