import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { Clock } from '#platform/clock';
import { type App, acceptUploads, byBrowserOrKey, problem } from '#platform/http';
import { uuidv7 } from '#platform/ids';
import type { Wanted } from './create.ts';
import type { Imports } from './imports.ts';
import { presetNames, readPreset } from './presets/presets.ts';
import { Guess, Import, ImportPage, Presets, RejectPage, refuse } from './schema.ts';
import type { ImportRow } from './sql.ts';

const errors = { '4xx': problem, '5xx': problem };
const giga = 1024 ** 3;
const maxFileBytes = 100 * giga;
const maxFiles = 10;
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** The API about imports. */
export async function importRoutes(
  app: App,
  deps: { imports: Imports; identity: Identity; clock: Clock },
): Promise<void> {
  const { imports, identity, clock } = deps;
  const may = identity.guard;
  const about = { tags: ['Imports'], security: byBrowserOrKey };

  await app.register(async (plugin) => {
    const scope = plugin as App;
    await acceptUploads(scope, { maxFileBytes });

    scope.post(
      '/api/imports',
      {
        onRequest: may('imports:write'),
        schema: {
          ...about,
          operationId: 'createImport',
          summary: 'Send a file in; then follow its progress',
          description:
            'A form (multipart/form-data) with the fields `name` (required; also the name of the source), `preset` or `mapping` (YAML), `dry_run` (true: everything is read, nothing is sent), and the files `file` and, for each lookup of the mapping, `lookup:<name>`. The same file under the same name while it is under way answers with the import that is.',
          consumes: ['multipart/form-data'],
          response: { 200: Import, 202: Import, ...errors },
        },
      },
      async (request, reply) => {
        const id = uuidv7(clock);
        let joined = true;
        try {
          const wanted = await receive(request, id);
          if (wanted.name === '')
            throw refuse('bad-form', 'The form has no "name" for the import and its source.');
          const created = await imports.create(request.principal, wanted);
          joined = created.joined;
          return reply.code(joined ? 200 : 202).send(await viewOne(created.row));
        } finally {
          if (joined) await imports.files.remove(id);
        }
      },
    );

    scope.post(
      '/api/imports/guess',
      {
        onRequest: may('imports:write'),
        schema: {
          ...about,
          operationId: 'guessImport',
          summary: 'What a file seems to be, and what would become of it; nothing is kept',
          description:
            'A form (multipart/form-data) with the file `file`, whose first megabyte is enough, and optionally `preset` or `mapping` (YAML) to try.',
          consumes: ['multipart/form-data'],
          response: { 200: Guess, ...errors },
        },
      },
      async (request) => {
        const id = uuidv7(clock);
        try {
          const { preset, mapping } = await receive(request, id);
          const text = mapping ?? (preset === undefined ? undefined : readPreset(preset).text);
          return await imports.guess(request.principal, { path: imports.files.path(id), text });
        } finally {
          await imports.files.remove(id);
        }
      },
    );
  });

  async function viewsOf(rows: readonly ImportRow[]): Promise<Import[]> {
    const [first] = rows;
    if (!first) return [];
    const names = await imports.names(first.workspace_id, rows);
    return rows.map((row) => viewOf(row, names.get(row.created_by) ?? null, clock.ms()));
  }

  async function viewOne(row: ImportRow): Promise<Import> {
    const names = await imports.names(row.workspace_id, [row]);
    return viewOf(row, names.get(row.created_by) ?? null, clock.ms());
  }

  /** Takes the fields and writes the files to the disk as they come. */
  async function receive(request: FastifyRequest, id: string): Promise<Wanted> {
    const fields = new Map<string, string>();
    const lookups: string[] = [];
    let file: Pick<Wanted, 'fileName' | 'bytes' | 'sha256'> | undefined;
    for await (const part of request.parts({ limits: { files: maxFiles, parts: maxFiles + 20 } })) {
      if (part.type === 'field') {
        if (typeof part.value === 'string') fields.set(part.fieldname, part.value);
      } else if (part.fieldname === 'file' && !file) {
        const received = await imports.files.receive(imports.files.path(id), part.file);
        file = { fileName: basename(part.filename ?? '').slice(0, 200) || 'file', ...received };
      } else {
        const name = /^lookup:([a-z][a-z0-9_-]{0,63})$/.exec(part.fieldname)?.[1];
        if (name === undefined || lookups.includes(name)) {
          throw refuse(
            'bad-form',
            `The form has a file "${part.fieldname.slice(0, 80)}", which is not asked for.`,
          );
        }
        await imports.files.receive(imports.files.lookupPath(id, name), part.file);
        lookups.push(name);
      }
    }
    if (!file) throw refuse('bad-form', 'The form has no file: send it as the part "file".');
    const given = (name: string) => fields.get(name)?.trim() || undefined;
    return {
      id,
      ...file,
      lookups,
      name: nameOf(given('name') ?? ''),
      preset: given('preset'),
      mapping: fields.get('mapping')?.trim() ? fields.get('mapping') : undefined,
      dryRun: given('dry_run') === 'true',
    };
  }

  app.get(
    '/api/imports',
    {
      onRequest: may('imports:read'),
      schema: {
        ...about,
        operationId: 'listImports',
        summary: 'Imports, newest first',
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ format: 'uuid' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        }),
        response: { 200: ImportPage, ...errors },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const rows = await imports.list(request.principal.workspaceId, cursor ?? null, limit + 1);
      const items = rows.slice(0, limit);
      return {
        items: await viewsOf(items),
        next: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.get(
    '/api/imports/presets',
    {
      onRequest: may('imports:read'),
      schema: {
        ...about,
        operationId: 'listImportPresets',
        summary: 'The mappings that Pando brings along',
        response: { 200: Presets, ...errors },
      },
    },
    async () => ({
      items: presetNames().map((name) => {
        const { mapping, text } = readPreset(name);
        return { name, title: mapping.title ?? name, mapping: text };
      }),
    }),
  );

  app.get(
    '/api/imports/:id',
    {
      onRequest: may('imports:read'),
      schema: {
        ...about,
        operationId: 'getImport',
        summary: 'One import, how far it is',
        params: Id,
        response: { 200: Import, ...errors },
      },
    },
    async (request) => viewOne(await imports.find(request.principal.workspaceId, request.params.id)),
  );

  app.get(
    '/api/imports/:id/rejects',
    {
      onRequest: may('imports:write'),
      schema: {
        ...about,
        operationId: 'getImportRejects',
        summary:
          'The rows that could not be taken, as a file with line and reason, to be mended and sent again',
        params: Id,
        response: { 200: Type.Unknown({ description: 'CSV or JSON lines, as the file was' }), ...errors },
      },
    },
    async (request, reply) => {
      const { name, type, lines } = await imports.rejects(request.principal.workspaceId, request.params.id);
      return reply
        .header('content-type', type)
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(lines));
    },
  );

  app.get(
    '/api/imports/:id/rejects/rows',
    {
      onRequest: may('imports:write'),
      schema: {
        ...about,
        operationId: 'listImportRejects',
        summary: 'The rows that could not be taken, a page at a time, to be looked at',
        params: Id,
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}-\\d{1,15}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
        }),
        response: { 200: RejectPage, ...errors },
      },
    },
    async ({ principal, params, query: { cursor = '0-0', limit = 100 } }) => {
      const [line = 0, n = 0] = cursor.split('-').map(Number);
      return imports.rejected(principal.workspaceId, params.id, { line, n }, limit);
    },
  );

  app.post(
    '/api/imports/:id/cancel',
    {
      onRequest: may('imports:write'),
      schema: {
        ...about,
        operationId: 'cancelImport',
        summary: 'End an import where it stands; what was accepted stays',
        params: Id,
        response: { 200: Import, ...errors },
      },
    },
    async (request) => viewOne(await imports.cancel(request.principal, request.params.id)),
  );
}

function nameOf(name: string): string {
  if (name.length > 100) throw refuse('bad-form', 'The name has at most 100 characters.');
  return name;
}

function viewOf(row: ImportRow, createdByName: string | null, nowMs: number): Import {
  const endMs = row.finished_at?.getTime() ?? nowMs;
  const seconds = row.started_at ? Math.max(0, endMs - row.started_at.getTime()) / 1000 : null;
  return {
    id: row.id,
    name: row.name,
    preset: row.preset,
    file: row.file_name,
    dry_run: row.dry_run,
    state: row.state,
    progress: Math.min(1, row.progress),
    rows: row.rows,
    events: row.events,
    sent: row.sent,
    accepted: row.accepted,
    duplicates: row.duplicates,
    quarantined: row.quarantined,
    withheld: row.withheld,
    rejected: row.rejected,
    skipped: row.skipped,
    by_event: row.by_event,
    skips: row.skips,
    notes: row.notes,
    sample: row.sample,
    mapping: row.mapping,
    resumed: row.resumed,
    rejects_kept: row.rejects_kept,
    error: row.error,
    created_by: row.created_by,
    created_by_name: createdByName,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    seconds,
    rows_per_s: seconds ? Math.round(row.rows / seconds) : null,
  };
}
