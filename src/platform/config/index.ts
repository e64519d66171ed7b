export type { Config } from './read.ts';
export { ConfigError, readConfig } from './read.ts';
export type { Setting } from './settings.ts';
export { settings } from './settings.ts';
