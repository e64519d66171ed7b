import { useTranslation } from 'react-i18next';
import { definitionOf, howOf, measuredOf, usualSize } from './computed-measure.ts';
import { useSegmentWords } from './segment-rule.tsx';

/** What a computed trait is, in words. */
export function useComputedWords(): (definition: unknown) => string {
  const { t } = useTranslation('segments');
  const words = useSegmentWords();
  return (value) => {
    const definition = definitionOf(value);
    const how = howOf(definition);
    return t(`computed.say.${how}`, {
      event: words.event(definition.of),
      value: words.measured(measuredOf(definition)),
      size: String(definition.size ?? usualSize),
      window: words.window(definition.in),
    });
  };
}
