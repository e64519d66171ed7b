export type { EmbeddedEngine } from './embedded/start.ts';
export { startEmbeddedPostgres } from './embedded/start.ts';
export { migratePostgres } from './migrate.ts';
export { newPool, openPostgres, type Postgres } from './open.ts';
export type { Tx } from './transaction.ts';
export { isAway, withoutValues } from './trouble.ts';
