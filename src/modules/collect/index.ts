export type { Collect, CollectDeps, Ingest, IngestAnswer } from './collect.ts';
export { createCollect } from './collect.ts';
export type { EventView } from './events.ts';
export type { BatchHandler, LogEvent } from './follow.ts';
export type { Outcome } from './intake.ts';
export { collectRoutes } from './routes.ts';
export type { SourceKind } from './schema.ts';
export type { Source } from './sources.ts';
export { trackingRoutes } from './tracking-routes.ts';
