export type { Erasure, ErasurePart } from './erase.ts';
export type { IdentityRules, Ignored as IgnoredIdentifier, Named } from './identifier.ts';
export { anonymousKinds, normalize as normalizeIdentifier } from './identifier.ts';
export type { ConsentAnswer, Observation, Resolved } from './observation.ts';
export type { People, PeopleDeps } from './people.ts';
export { createPeople } from './people.ts';
export { peopleRoutes } from './routes.ts';
