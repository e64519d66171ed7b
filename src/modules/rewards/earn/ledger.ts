import type { Points } from '#modules/points';

/** What this module asks of the ledger. */
export type Ledger = Pick<
  Points,
  'transferMany' | 'transfer' | 'programmes' | 'balances' | 'lots' | 'holds' | 'statement'
>;
