import { refusals } from '#platform/refusal';
import { refusalKinds } from './schema.ts';

export const refuse = refusals('identity', refusalKinds);
