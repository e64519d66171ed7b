export type { Party, Viewed } from '#platform/tlog';
export { encodeView } from '#platform/tlog';
export { commit, hashOfParty, newNonce } from './commitment.ts';
export type { Leaf, OpenedLog, TellTotals, Transparency } from './transparency.ts';
export { createTransparency } from './transparency.ts';
