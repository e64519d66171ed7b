import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import type { Facts } from '#platform/facts';
import type { Log } from '#platform/log';
import type { Actor, Audit } from '../audit/audit.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import { WorkspaceProfile } from '../schema.ts';
import type { Directory } from './directory.ts';
import { checkedProfile } from './profile.ts';
import { lockWorkspace, updateProfile, updateStored, type WorkspaceRow } from './sql.ts';

/** The section that every workspace has: its name, time zone, country and currency. */
const PROFILE = 'workspace';
const REMEMBERED_MS = 10_000;

/** One module's part of the settings. */
export interface SettingsSection<T> {
  readonly name: string;
  /** The section as it holds for the workspace, defaults filled in; remembered, so it may be asked often. */
  read(workspaceId: number): Promise<T>;
}

export interface Settings {
  /** Once a module, when it is made. The default must fit the schema; a changed default reaches every workspace
   * that did not set the value itself. */
  register<S extends TObject>(section: string, schema: S, defaults: Static<S>): SettingsSection<Static<S>>;
  /** By name; the type is the registering module's word. `register` answers with the same, typed. */
  read<T = Record<string, unknown>>(workspaceId: number, section: string): Promise<T>;
  /** All sections. */
  readAll(workspaceId: number): Promise<Record<string, Record<string, unknown>>>;
  /**
   * Sets the given values of one section, or with null all of it back to the default; audited, with the fact
   * `settings.changed` { section, keys }. Answers with the section as it then is.
   */
  update(
    by: Actor,
    section: string,
    change: Record<string, unknown> | null,
  ): Promise<Record<string, unknown>>;
  /** The same for several sections, all or none. */
  updateAll(by: Actor, changes: SettingsChanges): Promise<void>;
  /** Sections by name, for the documentation of the API. */
  schemas(): Record<string, TObject>;
}

/** By section; null sets it back to the default. */
export type SettingsChanges = Record<string, Record<string, unknown> | null>;

interface Registered {
  schema: TObject;
  defaults: Record<string, unknown>;
}

export function createSettings(deps: {
  news: News;
  directory: Directory;
  audit: Audit;
  facts: Facts;
  log: Log;
}): Settings {
  const { news, directory, audit, facts, log } = deps;
  const sections = new Map<string, Registered>();

  function registered(name: string): Registered {
    const section = sections.get(name);
    if (!section) {
      const names = [PROFILE, ...sections.keys()].join(', ');
      throw refuse('setting-unknown', `There is no section "${name}"; there are ${names}.`);
    }
    return section;
  }

  const memory = news.memory<Record<string, Record<string, unknown>>>({ max: 10_000, ttlMs: REMEMBERED_MS });

  function effective(name: string, row: WorkspaceRow): Record<string, unknown> {
    const { schema, defaults } = registered(name);
    const value = { ...defaults, ...row.stored[name] };
    if (Check(schema, value)) return value;
    // A newer program may understand a section otherwise than the one that stored it; going on matters more.
    log.warn(
      { workspaceId: row.id, section: name },
      'identity: a stored setting does not fit; using the default',
    );
    return defaults;
  }

  /** All sections as they hold, made once and then remembered. */
  async function readAll(workspaceId: number): Promise<Record<string, Record<string, unknown>>> {
    // A section that is registered later is not in what was remembered before.
    const found = await memory.get(`${workspaceId} ${sections.size}`, async () => {
      const row = await directory.get(workspaceId);
      if (!row) return undefined;
      const all = [...sections.keys()].map((name) => [name, Object.freeze(effective(name, row))]);
      return Object.freeze({ [PROFILE]: profileOf(row), ...Object.fromEntries(all) });
    });
    if (!found) throw new Error(`There is no workspace ${workspaceId}.`);
    return found;
  }

  async function read(workspaceId: number, name: string): Promise<Record<string, unknown>> {
    const all = await readAll(workspaceId);
    return all[name] ?? registered(name).defaults;
  }

  async function updateAll(by: Actor, changes: SettingsChanges): Promise<void> {
    await news.changeInWorkspace(by.workspaceId, async (tx) => {
      const row = await lockWorkspace(tx, by.workspaceId);
      if (!row) throw new Error(`There is no workspace ${by.workspaceId}.`);
      const stored = { ...row.stored };
      for (const [name, change] of Object.entries(changes)) {
        if (name === PROFILE) {
          await updateProfile(tx, row.id, changedProfile(row, change));
        } else {
          const { schema, defaults } = registered(name);
          if (change === null) delete stored[name];
          else stored[name] = { ...stored[name], ...change };
          checkSection(name, schema, { ...defaults, ...stored[name] });
        }
        const keys = Object.keys(change ?? {});
        await audit(tx, by, 'settings.changed', `settings:${name}`, { keys });
        await facts.record(tx, {
          type: 'settings.changed',
          subject: `workspace:${row.uuid}`,
          data: { section: name, keys },
        });
      }
      await updateStored(tx, row.id, stored);
    });
  }

  return {
    register<S extends TObject>(name: string, schema: S, defaults: Static<S>) {
      if (name === PROFILE || sections.has(name)) throw new Error(`The settings section ${name} is taken.`);
      if (!Check(schema, defaults))
        throw new Error(`The default of the settings section ${name} does not fit.`);
      sections.set(name, { schema, defaults: defaults as Record<string, unknown> });
      return { name, read: (workspaceId) => read(workspaceId, name) as Promise<Static<S>> };
    },
    read: <T>(workspaceId: number, name: string) => read(workspaceId, name) as Promise<T>,
    readAll,
    async update(by, name, change) {
      await updateAll(by, { [name]: change });
      return read(by.workspaceId, name);
    },
    updateAll,
    schemas: () => ({
      [PROFILE]: WorkspaceProfile,
      ...Object.fromEntries([...sections].map(([name, { schema }]) => [name, schema])),
    }),
  };
}

function profileOf(row: WorkspaceRow): WorkspaceProfile {
  return { name: row.name, timeZone: row.timeZone, country: row.country, currency: row.currency };
}

function changedProfile(row: WorkspaceRow, change: Record<string, unknown> | null): WorkspaceProfile {
  if (change === null)
    throw refuse('setting-invalid', 'The section "workspace" has no default to go back to.');
  const value = { ...profileOf(row), ...change };
  checkSection(PROFILE, WorkspaceProfile, value);
  return checkedProfile(value);
}

/** A value that no setting reads would look as if it did something, so unknown names are refused. */
function checkSection(name: string, schema: TObject, value: Record<string, unknown>): void {
  const strict: TSchema = Type.Object(schema.properties, { additionalProperties: false });
  const [error] = Errors(strict, value);
  if (!error) return;
  const where = [name, ...error.instancePath.split('/').filter(Boolean)].join('.');
  const unknown = Object.keys(value).find((key) => !(key in schema.properties));
  throw refuse(
    'setting-invalid',
    unknown ? `${name} has no setting "${unknown}".` : `${where} ${error.message}.`,
  );
}
