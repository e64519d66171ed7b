export type { Done, Leg, Order, Outcome, Party, Refused } from './order.ts';
export type { Points } from './points.ts';
export { createPoints } from './points.ts';
export { programmeRoutes } from './programme-routes.ts';
export { movementRoutes } from './routes.ts';
export type { LotView, MovementView } from './statement.ts';
