export type { Config } from './read.ts';
export { ConfigError, readConfig } from './read.ts';
export { settings } from './settings.ts';
