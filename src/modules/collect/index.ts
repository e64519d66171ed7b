export type { Collect } from './collect.ts';
export { createCollect } from './collect.ts';
export type { Ingest } from './ingest.ts';
export { rememberIds } from './keep.ts';
export { collectRoutes } from './routes.ts';
export type { SourceKind } from './schema.ts';
export type { Source } from './source.ts';
export { trackingRoutes } from './tracking-routes.ts';
