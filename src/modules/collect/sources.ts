import type { Clock } from '#platform/clock';
import { secret, uuidv7 } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import type { SourceKind } from './schema.ts';
import { refuse } from './schema.ts';
import type { Source } from './source.ts';
import * as sql from './source-sql.ts';

/** What a write key may look like; what does not is nobody's, and is not looked up. */
const keyShape = /^[\x21-\x7e]{1,200}$/;
/** How long another process may go on accepting for a source that was archived here, in ms. */
const rememberMs = 10_000;

/** The entrances of a workspace. Write keys are remembered, since every request brings one. */
export class Sources {
  readonly #pg: Postgres;
  readonly #clock: Clock;
  readonly #byKey = new Map<string, { source: Source | null; until: number }>();

  constructor(pg: Postgres, clock: Clock) {
    this.#pg = pg;
    this.#clock = clock;
  }

  /** The source of a write key, or null. The key is the credential: it tells the workspace. */
  async byWriteKey(writeKey: string): Promise<Source | null> {
    if (!keyShape.test(writeKey)) return null;
    const known = this.#byKey.get(writeKey);
    if (known && known.until > this.#clock.ms()) return known.source;
    const source = await this.#pg.asSystem((tx) => sql.findByWriteKey(tx, writeKey));
    // Guessed keys must not fill the memory.
    if (this.#byKey.size > 10_000) this.#byKey.clear();
    this.#byKey.set(writeKey, { source, until: this.#clock.ms() + rememberMs });
    return source;
  }

  /** Refuses `source-name-taken`. */
  async create(
    workspaceId: number,
    wanted: { name: string; kind: SourceKind; writeKey?: string },
    then: (tx: Tx, source: Source) => Promise<void> = async () => {},
  ): Promise<Source> {
    const writeKey = wanted.writeKey ?? secret('wk_');
    const source = await this.#pg.inWorkspace(workspaceId, async (tx) => {
      const created = await sql.insertSource(tx, workspaceId, {
        uuid: uuidv7(this.#clock),
        name: wanted.name,
        kind: wanted.kind,
        writeKey,
        createdAt: this.#clock.now(),
      });
      if (!created) {
        throw refuse('source-name-taken', `There is a source "${wanted.name}" already; choose another name.`);
      }
      await then(tx, created);
      return created;
    });
    this.#byKey.delete(writeKey);
    return source;
  }

  /** The source of this name, made where there is none. */
  async ensure(
    workspaceId: number,
    wanted: { name: string; kind: SourceKind; writeKey?: string },
  ): Promise<Source> {
    const found = await this.#pg.inWorkspace(workspaceId, (tx) =>
      sql.findByName(tx, workspaceId, wanted.name),
    );
    return found ?? this.create(workspaceId, wanted);
  }

  async list(workspaceId: number): Promise<(Source & { figures: sql.Figures })[]> {
    return this.#pg.inWorkspace(workspaceId, (tx) => sql.listSources(tx, workspaceId));
  }

  /** Refuses `no-such-source`. */
  async byId(workspaceId: number, uuid: string): Promise<Source> {
    const source = await this.#pg.inWorkspace(workspaceId, (tx) => sql.findByUuid(tx, workspaceId, uuid));
    if (!source) throw refuse('no-such-source', 'No source of this workspace has this id.');
    return source;
  }

  /** Its write key is refused from now on; its events stay. Refuses `no-such-source`. */
  async archive(
    workspaceId: number,
    uuid: string,
    then: (tx: Tx, source: Source) => Promise<void>,
  ): Promise<void> {
    const source = await this.byId(workspaceId, uuid);
    await this.#pg.inWorkspace(workspaceId, async (tx) => {
      await sql.archiveSource(tx, workspaceId, source.id, this.#clock.now());
      await then(tx, source);
    });
    this.#byKey.delete(source.writeKey);
  }
}
