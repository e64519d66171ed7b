export type { Demo } from './demo.ts';
export { createDemo } from './demo.ts';
export { demoRoutes } from './routes.ts';
