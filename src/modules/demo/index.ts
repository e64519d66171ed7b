export type { Demo, DemoDeps } from './demo.ts';
export { createDemo } from './demo.ts';
export type { Id, IdKind } from './identifiers.ts';
export type { Delivery, Message, Oddity } from './post.ts';
export { demoRoutes } from './routes.ts';
export { type Resolved, type Score, scorePeople } from './score.ts';
export { deliveries } from './simulate.ts';
export { createTruth, type Truth, type TruthLearner, truthOf } from './truth.ts';
export { createWorld, type StoryOptions, type World } from './world.ts';
