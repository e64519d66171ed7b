import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMapping } from '../mapping/document.ts';
import type { Mapping } from '../mapping/shape.ts';
import { refuse } from '../schema.ts';

/** A mapping that Pando brings along for a file that many have. */
export interface Preset {
  name: string;
  text: string;
  mapping: Mapping;
}

const ending = '.yaml';

export function presetNames(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

/** Throws the refusal `imports/unknown-preset`. */
export function readPreset(name: string): Preset {
  if (!presetNames().includes(name)) {
    throw refuse('unknown-preset', `There is no preset "${name}". There are: ${presetNames().join(', ')}.`);
  }
  const text = readFileSync(join(import.meta.dirname, name + ending), 'utf8');
  return { name, text, mapping: parseMapping(text) };
}
