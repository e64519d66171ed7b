export { insightRoutes, worthRoutes } from './routes.ts';
