export type { Party, Viewed } from '#platform/tlog';
export { encodeView } from '#platform/tlog';
export { commit, hashOfParty, newNonce } from './commitment.ts';
export { primitives } from './primitives.ts';
export type { Receipt, ReceiptOrder } from './receipt.ts';
export { transparencyRoutes } from './routes.ts';
export type { TellTotals } from './sequence.ts';
export type { Leaf, LogState, OpenedLog, Transparency } from './transparency.ts';
export { createTransparency } from './transparency.ts';
