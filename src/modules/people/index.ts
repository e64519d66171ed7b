export type { PersonFacts } from './changes.ts';
export type { Erasure, ErasurePart } from './erase.ts';
export { isTelling } from './erase.ts';
export type { IdentityRules, Ignored as IgnoredIdentifier, Named } from './identifier.ts';
export { normalize as normalizeIdentifier } from './identifier.ts';
export type { ConsentAnswer, Observation } from './observation.ts';
export type { People, ResolvedEvent } from './people.ts';
export { createPeople } from './people.ts';
export { peopleRoutes } from './routes.ts';
