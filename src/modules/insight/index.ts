export type { Overview } from './overview-sql.ts';
export { overview } from './overview-sql.ts';
export { insightRoutes } from './routes.ts';
