export { overview } from './overview-sql.ts';
export { insightRoutes } from './routes.ts';
export type { Overview } from './schema.ts';
