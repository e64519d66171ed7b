export default {
  title: 'How the brand is doing',
  answer_one: '{{count}} person was here in the last {{days}} days, {{change}} the {{days}} days before.',
  answer_other: '{{people}} people were here in the last {{days}} days, {{change}} the {{days}} days before.',
  sentence: {
    'not-chance': 'The difference is probably not chance.',
    'may-be-chance': 'The difference may be chance.',
  },
  ordered_one: 'They placed {{orders}} order.',
  ordered_other: 'They placed {{orders}} orders.',
  noOrders: 'Nobody ordered anything.',
  repeated: '{{share}} of the buyers had bought before.',
  told: '{{share}} of the people passed something on.',
  change: {
    more: '{{percent}} more than in',
    less: '{{percent}} fewer than in',
    same: 'about as many as in',
  },
  noBefore_one:
    '{{count}} person was here in the last {{days}} days. There is nothing before that to compare with.',
  noBefore_other:
    '{{people}} people were here in the last {{days}} days. There is nothing before that to compare with.',
  quiet: 'Nobody was here in the last {{days}} days. Choose a longer period, or look at what arrives.',
  week: 'Read the week: what changed, what it is worth, whom to look at',
  figures: 'The pulse',
  figuresNote: 'The last {{days}} days (green) against the {{days}} before (grey). Known bots are left out.',
  asOf: 'As of {{time}}; being counted again.',
  people: 'People',
  orders: 'Orders',
  revenue: 'Revenue',
  revenueIn: 'Revenue in {{currency}}',
  repeat: 'Repeat rate',
  repeatNote: '{{part}} of {{of}} buyers',
  share: 'Share rate',
  shareNote: '{{part}} of {{of}} people',
  path: 'The path',
  pathNote: 'How far people came in the last {{days}} days: searching, attention, the deal, using, sharing.',
  stages: { search: 'Search', attention: 'Attention', deal: 'Deal', use: 'Use', share: 'Share' },
  live: 'Happening now',
  allEvents: 'All events',
  emptyTitle: 'Your brand has not said anything yet',
  emptyWhy:
    'Send a first event from your shop, till or app, or import past sales: then you see here who was there, what they bought, and who tells others.',
  emptyDo: 'Send the first event',
  emptyImport: 'Import a file',
  how: 'How was this computed?',
  howText:
    'People: everybody with at least one event in the period. Orders: Order Completed. Revenue: their totals, without returns; currencies are never added up. Repeat rate: of those who paid an order in the period, those for whom it was not the first ever. Share rate: of the people, those with an event of the stage Share. People and share rate leave out who denied analytics.',
  howChance:
    '“Probably not chance” stands only where a two-sided test at 1% says so: totals are compared by z = (a − b) / √(A² + B²), where A² and B² are the sums of the squares of what each person contributed (compound Poisson); shares by the z-test of two proportions. With fewer than 30 people on either side nothing is said.',
  howPath:
    'Which event belongs to which stage stands in the settings (path). “Came this far” counts the people with an event of this stage after one of every stage before it, in this order and within the period. “At all” counts everybody with an event of this stage, such as somebody who buys in the shop without ever having searched.',
};
