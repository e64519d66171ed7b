import type { Identity } from '#modules/identity';
import { PathSettings, pathDefaults, stages } from './schema.ts';

/** The map from events to stages, as each workspace has it. */
export class Paths {
  readonly #settings;

  constructor({ identity }: { identity: Identity }) {
    this.#settings = identity.settings.register('path', PathSettings, pathDefaults);
  }

  /** Names and their stages as two lists of one length, stages from 1 (search) to 5 (share). */
  async map(workspaceId: number): Promise<{ names: string[]; stages: number[] }> {
    const settings = await this.#settings.read(workspaceId);
    const names: string[] = [];
    const numbers: number[] = [];
    stages.forEach((stage, i) => {
      for (const name of settings[stage]) {
        names.push(name);
        numbers.push(i + 1);
      }
    });
    return { names, stages: numbers };
  }
}
