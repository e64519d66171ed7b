export type { Overview } from './overview.ts';
export { overview } from './overview.ts';
export { insightRoutes } from './routes.ts';
