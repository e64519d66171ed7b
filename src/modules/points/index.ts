export type { Order, Outcome } from './order.ts';
export type { Points } from './points.ts';
export { createPoints } from './points.ts';
export { programmeRoutes } from './programme-routes.ts';
export { movementRoutes } from './routes.ts';
export { factTypes } from './tell.ts';
