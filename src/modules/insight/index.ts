export { boardRoutes } from './boards/routes.ts';
export { reports } from './catalogue.ts';
export { reportRoutes } from './report/routes.ts';
export { insightRoutes, worthRoutes } from './routes.ts';
export { valueRoutes } from './value/routes.ts';
export { registerValueSettings } from './value/settings.ts';
export { registerValueSnapshots } from './value/snapshots.ts';
