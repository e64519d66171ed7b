import { createIsbotFromList, list } from 'isbot';

/** Libraries by which servers and tills send are no crawlers. */
const ours = /analytics-|segment|axios|node|undici|python|okhttp|curl|go-http|java|ruby|php|dart/i;
const known = createIsbotFromList(list.filter((pattern) => !ours.test(pattern)));

/** Whether the request came from a known crawler. */
export function isBot(userAgent: string | undefined): boolean {
  return userAgent !== undefined && userAgent !== '' && known(userAgent);
}
