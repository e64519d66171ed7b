import type { SourceKind } from '../api/types.ts';

/** The kinds of touchpoints, as the API names them. */
export const channels: readonly SourceKind[] = [
  'web',
  'app',
  'till',
  'sensor',
  'chat',
  'content',
  'server',
  'import',
];
