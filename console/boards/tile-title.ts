import { useWordsOr } from '../words/words-or.ts';

/** What a tile is called: its own title, or that of its report. */
export function useTileTitle(): (tile: { title: string; report: string }) => string {
  const wordsOr = useWordsOr('insight');
  return ({ title, report }) => (title === '' ? wordsOr(`reports.${report}.title`, report) : title);
}
