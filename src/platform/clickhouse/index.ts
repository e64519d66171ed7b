export { type ClickHouse, openClickHouse } from './client.ts';
export { startEmbeddedClickHouse } from './embedded.ts';
export { ClickHouseFailure } from './error.ts';
export { migrateClickHouse } from './migrate.ts';
