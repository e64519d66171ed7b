import type { Collect } from '#modules/collect';
import type { Identity, Principal } from '#modules/identity';
import type { People } from '#modules/people';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { policyDefaults } from '#schema/points';
import { earnedByDay, redeemedByDay } from './desk/flow-sql.ts';
import type { Flow, Programme, SetUp } from './desk/schema.ts';
import { DryRuns } from './dry-run.ts';
import { pastInvitations } from './dry-run-sql.ts';
import * as awards from './earn/award-sql.ts';
import { usersByIds } from './earn/claims.ts';
import { entryHandler } from './earn/entries.ts';
import { Follower } from './earn/follow.ts';
import type { Ledger } from './earn/ledger.ts';
import { payPast } from './earn/past.ts';
import { Payer } from './earn/pay.ts';
import { daysOf, Rules } from './earn/rules-now.ts';
import { Catalogue } from './redeem/catalogue.ts';
import { Redemptions } from './redeem/redeem.ts';
import { forgetRedeemers } from './redeem/sql.ts';
import { Vouchers } from './redeem/vouchers.ts';
import { segmentsEntered } from './rule-sql.ts';
import { RuleDesk } from './rules.ts';
import { RewardSettings, type RuleBody, rewardDefaults } from './schema.ts';

export interface RewardsDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  people: People;
  collect: Collect;
  segments: Segments;
  points: Ledger;
  facts: Facts;
  jobs: Jobs;
  clock: Clock;
  log: Log;
}

/** At a time: all those of a brand of a million people took longer than a statement may. */
const mostInvitations = 2_000;

export type Rewards = ReturnType<typeof createRewards>;

/** What earns points, and what points are for. The ledger knows nothing of either. */
export function createRewards(deps: RewardsDeps) {
  const { pg, ch, identity, people, facts, jobs, points: ledger } = deps;
  const settings = identity.settings.register('rewards', RewardSettings, rewardDefaults);
  const depth = async (workspaceId: number) => (await settings.read(workspaceId)).sharingDepth;
  const rules = new Rules(deps);
  const payer = new Payer({ ...deps, ledger });
  const decided = () => payer.wake();
  const follower = new Follower({ ...deps, rules, depth, decided });
  const vouchers = new Vouchers(deps);
  const redemptions = new Redemptions({ ...deps, ledger, vouchers, settings: (id) => settings.read(id) });

  const desk = new RuleDesk({ ...deps, ledger, rules });

  facts.follow('rewards.entries', ['segment.entered'], entryHandler({ ...deps, rules, depth, decided }));
  people.addErasurePart({
    name: 'rewards',
    async hide(tx, workspaceId, { keys }) {
      await awards.forgetPeople(tx, workspaceId, keys);
      await forgetRedeemers(tx, workspaceId, keys);
    },
  });
  people.addExport('earned points', async (workspaceId, keys) => {
    const rows = await pg.inWorkspace(workspaceId, (tx) =>
      awards.awardsOfPerson(tx, workspaceId, keys, 10_000),
    );
    return rows.map(({ rule_name: rule, order_id, target: points, at }) => ({ rule, order_id, points, at }));
  });
  jobs.define('rewards.finish', () => redemptions.finishOpen());
  jobs.cron('rewards.finish', '* * * * *');
  jobs.define<{ workspaceId: number }>('rewards.invitations', async ({ workspaceId }) => {
    const all = await pastInvitations(ch, workspaceId);
    for (let from = 0; from < all.length; from += mostInvitations) {
      const rows = all.slice(from, from + mostInvitations);
      const ids = [...new Set(rows.map((row) => row.inviter))];
      const users = await usersByIds(people, (work) => pg.inWorkspace(workspaceId, work), workspaceId, ids);
      const list = rows.flatMap(({ person, inviter, t }) => {
        const by = users.get(inviter);
        return by === undefined ? [] : [{ person: Number(person), inviter: by, at: new Date(Number(t)) }];
      });
      await pg.inWorkspace(workspaceId, (tx) => awards.insertInvitations(tx, workspaceId, list));
    }
  });

  return {
    rules: desk,
    dryRuns: new DryRuns({ ...deps, rules, depth }),
    catalogue: new Catalogue({ ...deps, ledger }),
    redemptions,
    vouchers,
    /** What was decided for a person's events, the newest first. Refuses `people/no-such-person`. */
    async awardsOf(workspaceId: number, person: string) {
      const keys = await people.keysOf(workspaceId, person);
      return pg.inWorkspace(workspaceId, (tx) => awards.awardsOfPerson(tx, workspaceId, keys, 200));
    },
    /** Ids of the segments that pay who comes in: single facts are written of them. */
    segmentsEntered,
    /** Pays for what happened from then to then (ms since 1970), too, by the rules as they are; nothing twice. */
    payPast: (workspaceId: number, o: { from: number; to: number }) =>
      payPast({ ...deps, rules, depth, decided }, workspaceId, o),
    /** How long the oldest batch has waited to be looked at, ms. */
    lagMs: (workspaceId: number) => follower.lagMs(workspaceId),
    follower,
    payer,
    start(): void {
      follower.start();
      payer.start();
    },
    async stop(): Promise<void> {
      await follower.stop();
      await payer.stop();
    },
    /** The last days up to today, each of them, also those on which nothing happened. */
    async flow(workspaceId: number, o: { programme: string; days: number }): Promise<Flow> {
      const timeZone = (await identity.workspaces.get(workspaceId))?.timeZone ?? 'UTC';
      const today = daysOf(timeZone)(deps.clock.ms());
      const asked = { programme: o.programme, fromDay: today - o.days + 1, timeZone };
      const [earned, redeemed] = await pg.inWorkspace(workspaceId, async (tx) => [
        await earnedByDay(tx, workspaceId, asked),
        await redeemedByDay(tx, workspaceId, asked),
      ]);
      const days = Array.from({ length: o.days }, (_, i) => asked.fromDay + i).map((number) => {
        const day = new Date(number * 86_400_000).toISOString().slice(0, 10);
        const of = earned.filter((row) => row.day === number).map((row) => [row.origin, row.points]);
        const points = redeemed.find((row) => row.day === day)?.points ?? 0;
        return { day, earned: Object.fromEntries(of), redeemed: points };
      });
      return { days };
    },
    /** A programme with the two rules that most begin with; the names are the reader's. */
    async setUp(by: Principal, o: SetUp) {
      const made = await ledger.programmes.create(by, {
        name: o.name,
        currency: o.currency,
        policy: { ...policyDefaults, ratio: o.ratio, expiresAfterDays: o.expires_after_days },
      });
      const programme = made.uuid;
      await desk.create(by, { programme, name: o.names.purchase, rule: purchaseRule(o) });
      if (o.invitation > 0)
        await desk.create(by, { programme, name: o.names.invitation, rule: invitationRule(o.invitation) });
      return made;
    },
    nowMs: () => deps.clock.ms(),
    inside: {
      identity,
      people,
      points: ledger,
      programmeView: (of: Awaited<ReturnType<Ledger['programmes']['get']>>): Programme => {
        const { uuid: id, name, slug, currency, policies } = of;
        const policy = policies.findLast((one) => one.from_ms <= deps.clock.ms())?.policy ?? policyDefaults;
        return { id, name, slug, currency, ratio: policy.ratio, expires_after_days: policy.expiresAfterDays };
      },
    },
  };
}

const purchaseRule = (o: SetUp): RuleBody => ({
  when: { event: 'Order Completed' },
  to: 'person',
  points: { points: o.points_per_unit, per: '1', currency: o.currency },
  ...(o.hold_days > 0 ? { hold_days: o.hold_days } : {}),
  origin: 'purchase',
});

const invitationRule = (points: number): RuleBody => ({
  when: { event: 'Invite Accepted' },
  to: 'inviter',
  points: { fixed: points },
  origin: 'sharing',
});
