export { segmentRoutes } from './routes.ts';
export { createSegments, type Segments } from './segments.ts';
