/** What of the list of people stands in the address bar. */
export const peopleAddress = [
  'q',
  'sort',
  'columns',
  'kind',
  'has',
  'trait',
  'consent',
  'met',
  'until',
  'seen',
  'channel',
  'did',
] as const;
