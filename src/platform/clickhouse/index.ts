export { type ClickHouse, openClickHouse } from './client.ts';
export { startEmbeddedClickHouse } from './embedded.ts';
export { migrateClickHouse } from './migrate.ts';
