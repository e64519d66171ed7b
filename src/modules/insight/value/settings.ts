import type { Identity } from '#modules/identity';
import { ValueSettings, valueDefaults } from './schema.ts';

/** Makes the section `value` of a workspace's settings known; once, before anything asks for it. */
export const registerValueSettings = ({ settings }: Pick<Identity, 'settings'>) =>
  settings.register('value', ValueSettings, valueDefaults);
