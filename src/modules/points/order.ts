import type { Refusal } from '#platform/refusal';
import type { ClawBackPolicy, Origin } from './schema.ts';

/**
 * Whose points: those of somebody (by the key of an identifier; several keys are several wallets of one person, and
 * what comes in goes to the first), or those of a seller or partner.
 */
export type Party = { person: number | readonly number[] } | { partner: string };

interface Common {
  /** The programme's id. */
  programme: string;
  /** The idempotency key: the same order under it is carried out once. */
  key: string;
  /** The order in the shop, for refunds. */
  order?: string | undefined;
  /** Rule and version, no personal data: it stays in the books for ever. */
  rule?: string | undefined;
  /** Words of the team; they go when the person is erased. */
  reason?: string | undefined;
}

/** `YYYY-MM-DD`, the last day on which they can be used; null: never; left out: as the policy says. */
type Expires = string | null | undefined;

export interface Earn extends Common {
  kind: 'earn';
  to: Party;
  amount: number;
  origin: Origin;
  expires?: Expires;
  /** Held until then; the id of the outcome is the hold's. */
  hold?: { until: Date; atEnd: 'settle' | 'void' } | undefined;
}
export interface Hold extends Common {
  kind: 'hold';
  from: Party;
  /** Who gets them when it is settled; left out: they are redeemed. */
  to?: Party | undefined;
  amount: number;
  until?: Date | undefined;
  /** At `until`; void unless told otherwise. */
  atEnd?: 'settle' | 'void' | undefined;
}
export interface SettleOrVoid extends Common {
  kind: 'settle' | 'void';
  hold: string;
  /** All that is left, unless told otherwise; what is not settled stays held. */
  amount?: number | undefined;
}
export interface Spend extends Common {
  kind: 'spend';
  from: Party;
  to?: Party | undefined;
  amount: number;
}
/** Gives back what a spend took, with the days by which it would have run out. */
export interface Return extends Common {
  kind: 'return';
  of: string;
  amount?: number | undefined;
}
export interface Transfer extends Common {
  kind: 'transfer';
  from: Party;
  to: Party;
  amount: number;
}
export interface Expire extends Common {
  kind: 'expire';
  account: number;
}
/** Takes back what was earned: of one movement, or of somebody. */
export interface ClawBack extends Common {
  kind: 'claw-back';
  from?: Party | undefined;
  /** The earn; then `from` is whoever earned. */
  of?: string | undefined;
  /** All that was earned and is not taken back yet, unless told otherwise; needed without `of`. */
  amount?: number | undefined;
  policy?: ClawBackPolicy | undefined;
}
/** By the hand of two people of the team. */
export interface Adjust extends Common {
  kind: 'adjust';
  party: Party;
  /** Negative: taken away. */
  amount: number;
  origin?: Origin | undefined;
  expires?: Expires;
  reason: string;
  by: readonly [string, string];
}
/** Money into the reserve or out of it, in minor units. */
export interface ReserveMovement extends Common {
  kind: 'pay-in' | 'pay-out';
  amount: number;
  by: readonly [string, string];
}

export type Order =
  | Earn
  | Hold
  | SettleOrVoid
  | Spend
  | Return
  | Transfer
  | Expire
  | ClawBack
  | Adjust
  | ReserveMovement;

export interface Leg {
  id: string;
  /** The side: `wallet`, `held`, `receivable`, `issued`, `redeemed`, ... */
  from: string;
  to: string;
  amount: number;
}
export interface Done {
  ok: true;
  key: string;
  /** Of the first leg; the hold's id where one was made. */
  id: string;
  at: Date;
  amount: number;
  legs: Leg[];
  /** It had been carried out under this key before. */
  repeated: boolean;
}
export interface Refused {
  ok: false;
  key: string;
  refusal: Refusal;
}
export type Outcome = Done | Refused;
