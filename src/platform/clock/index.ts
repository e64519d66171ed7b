export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export { Rests } from './rests.ts';
