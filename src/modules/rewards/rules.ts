import type { Actor, Identity, Principal } from '#modules/identity';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Jobs } from '#platform/jobs';
import type { Postgres, Tx } from '#platform/postgres';
import { tryAgain } from './earn/award-sql.ts';
import type { Ledger } from './earn/ledger.ts';
import type { Rules } from './earn/rules-now.ts';
import * as sql from './rule-sql.ts';
import { type NewRule, type RuleAnswer, type RuleChange, refuse } from './schema.ts';

interface RuleDeskDeps {
  pg: Postgres;
  identity: Identity;
  ledger: Ledger;
  jobs: Jobs;
  clock: Clock;
  rules: Rules;
}

/** The team's hand on earning rules; every edit of the rule itself is a new version. */
export class RuleDesk {
  readonly #deps: RuleDeskDeps;

  constructor(deps: RuleDeskDeps) {
    this.#deps = deps;
  }

  async list(workspaceId: number, programme: string | null): Promise<RuleAnswer[]> {
    const { pg, clock } = this.#deps;
    return pg.inWorkspace(workspaceId, async (tx) => {
      const rows = await sql.listRules(tx, workspaceId, programme);
      const ids = rows.map((row) => row.id);
      const figures = await sql.figuresOf(tx, workspaceId, ids, clock.now());
      return rows.map((row) =>
        answerOf(
          row,
          figures.find((one) => one.rule_id === row.id),
        ),
      );
    });
  }

  async versions(workspaceId: number, uuid: string) {
    const { pg } = this.#deps;
    const row = await this.#find(workspaceId, uuid);
    const all = await pg.inWorkspace(workspaceId, (tx) => sql.allVersions(tx, workspaceId));
    return all
      .filter((one) => one.rule_id === row.id)
      .map(({ version, body, since, by }) => ({ version, rule: body, since: since.toISOString(), by }))
      .reverse();
  }

  /** Refuses `bad-rule`, `name-taken`, `points/no-such-programme`. */
  async create(by: Actor, o: NewRule): Promise<RuleAnswer> {
    const { pg, identity, ledger, jobs, clock, rules } = this.#deps;
    const { workspaceId } = by;
    await ledger.programmes.get(workspaceId, o.programme);
    await rules.compile(workspaceId, o.rule);
    const uuid = uuidv7(clock);
    const name = o.name.trim();
    await pg.inWorkspace(workspaceId, async (tx) => {
      const now = clock.now();
      const id = await sql.insertRule(tx, workspaceId, { uuid, programme: o.programme, name, now });
      if (id === null) throw refuse('name-taken', `There is a rule named "${name}" already.`);
      await sql.insertVersion(tx, workspaceId, {
        ruleId: id,
        version: 1,
        body: o.rule,
        since: now,
        by: by.actor,
      });
      await identity.audit(tx, by, 'rewards.rule-created', `rule:${uuid}`);
      // Who was invited before there was a rule about it.
      if (o.rule.to === 'inviter')
        await jobs.enqueue(
          tx,
          'rewards.invitations',
          { workspaceId },
          { key: `rewards.invitations:${workspaceId}` },
        );
    });
    return this.get(workspaceId, uuid);
  }

  /** Refuses `bad-rule`, `name-taken`, `no-such-rule`. */
  async change(by: Principal, uuid: string, o: RuleChange): Promise<RuleAnswer> {
    const { pg, clock, rules } = this.#deps;
    const { workspaceId } = by;
    if (o.rule) await rules.compile(workspaceId, o.rule);
    const row = await this.#find(workspaceId, uuid);
    await pg.inWorkspace(workspaceId, async (tx) => {
      const now = clock.now();
      const name = o.name?.trim() ?? row.name;
      const paused_at = o.paused === undefined ? row.paused_at : o.paused ? (row.paused_at ?? now) : null;
      if (!(await sql.updateRule(tx, workspaceId, { ...row, name, paused_at })))
        throw refuse('name-taken', `There is a rule named "${name}" already.`);
      if (o.rule && JSON.stringify(o.rule) !== JSON.stringify(row.body)) {
        const version = row.version + 1;
        await sql.insertVersion(tx, workspaceId, {
          ruleId: row.id,
          version,
          body: o.rule,
          since: now,
          by: by.actor,
        });
      }
      await tryAgain(tx, workspaceId, row.id, now);
      await this.#audit(tx, by, uuid, Object.keys(o));
    });
    return this.get(workspaceId, uuid);
  }

  async get(workspaceId: number, uuid: string): Promise<RuleAnswer> {
    const { pg, clock } = this.#deps;
    const row = await this.#find(workspaceId, uuid);
    const [figures] = await pg.inWorkspace(workspaceId, (tx) =>
      sql.figuresOf(tx, workspaceId, [row.id], clock.now()),
    );
    return answerOf(row, figures);
  }

  #audit(tx: Tx, by: Principal, uuid: string, fields: string[]): Promise<void> {
    return this.#deps.identity.audit(tx, by, 'rewards.rule-changed', `rule:${uuid}`, { fields });
  }

  async #find(workspaceId: number, uuid: string): Promise<sql.RuleRow> {
    const row = await this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.findRule(tx, workspaceId, uuid));
    if (!row) throw refuse('no-such-rule', 'No earning rule of this workspace has this id.');
    return row;
  }
}

function answerOf(row: sql.RuleRow, figures: sql.FiguresRow | undefined): RuleAnswer {
  return {
    id: row.uuid,
    programme: row.programme,
    name: row.name,
    version: row.version,
    rule: row.body,
    since: row.since.toISOString(),
    paused_at: row.paused_at?.toISOString() ?? null,
    figures: {
      awards: row.awards,
      people: figures?.people ?? 0,
      points: row.points,
      held: figures?.held ?? 0,
      waiting: figures?.waiting ?? 0,
      refused: figures?.refused ?? 0,
    },
    problem: figures?.problem ?? null,
  };
}
