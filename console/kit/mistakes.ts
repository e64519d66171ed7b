import { useTranslation } from 'react-i18next';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';

/** What is wrong with a value, in words, by where: `/limits/email`. Empty when nothing is. */
export type Mistakes = ReadonlyMap<string, string>;

const known = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'pattern',
  'type',
] as const;

/** Holds a value against the schema that the server will hold it against, before it is sent. */
export function useMistakes(): (schema: TSchema, value: unknown) => Mistakes {
  const { t } = useTranslation('kit');
  return (schema, value) => {
    const found = new Map<string, string>();
    for (const { keyword, instancePath, params } of Errors(schema, value)) {
      // The first is the closest; what follows at the same place is about the alternatives.
      if (found.has(instancePath)) continue;
      const word = known.find((one) => one === keyword) ?? 'other';
      const { limit } = params as { limit?: number };
      found.set(instancePath, t(`mistake.${word}`, { count: limit ?? 0 }));
    }
    return found;
  };
}
