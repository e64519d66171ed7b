export { type ClickHouse, type ClickHouseOptions, openClickHouse, type StatementOptions } from './client.ts';
export { type EmbeddedClickHouseOptions, type EmbeddedEngine, startEmbeddedClickHouse } from './embedded.ts';
export { ClickHouseFailure } from './error.ts';
export { migrateClickHouse } from './migrate.ts';
