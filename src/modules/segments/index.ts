export { type EventMatcher, eventMatcher, type MatchContext, valueMatcher } from './matching.ts';
export { segmentRoutes } from './routes.ts';
export { type EventRow, timeOf } from './rule/event.ts';
export { createSegments, type Segments } from './segments.ts';
