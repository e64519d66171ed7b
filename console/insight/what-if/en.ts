export default {
  title: 'What if there were a community?',
  about:
    'Visitors, conversion, basket and repurchase: as a shop, and as a shop whose customers bring each other.',
  how: 'Revenue that comes back is visitors × conversion × basket × repurchase. A community multiplies the last three; no share goes beyond 100%. What was measured has a range: shares by Jeffreys’ posterior (a beta distribution of those who did and those who did not), the basket by its standard error; the range of the result holds 95 of 100 draws. What you type is taken to be sure. The multipliers are assumptions until a test has measured them. Acquaintances: if everybody knows n people, then n, n² and n³ are reached by three degrees, not counting those who know each other.',
  formula:
    'traditional = visitors · conversion · basket · repurchase\n            = 100 · 5% · 1,000 · 10% = 500\ncommunity   = visitors · (conversion · 5) · (basket · 130%) · (repurchase · 5)\n            = 100 · 25% · 1,300 · 50% = 16,250\nreach       = 30 + 30² + 30³ = 27,930',
  answer:
    'A traditional shop makes {{traditional}} of this; with a community it would be {{community}}, {{times}} times as much.',
  answerRange:
    'By your own rates a traditional shop makes {{traditional}} ({{low}} to {{high}}); with a community it would be {{community}} ({{communityLow}} to {{communityHigh}}).',
  fill: 'Fill in my own rates',
  defaults: 'Back to the defaults',
  noOwn: 'Nothing was measured in this period, so these are the defaults.',
  inputs: 'What goes in',
  factor: 'Factor',
  shop: 'Traditional',
  withCommunity: 'With a community',
  times: 'times',
  visitors: 'Visitors',
  conversion: 'Conversion, %',
  basket: 'Basket',
  repurchase: 'Repurchase, %',
  result: 'Revenue',
  range: '{{low}} to {{high}}',
  reach: 'Three degrees of acquaintance',
  reachNote: 'If everybody knows {{contacts}} people, {{total}} hear of it over three degrees.',
  contacts: 'Everybody knows',
  people: 'people',
  degree: 'Degree',
  first: 'First',
  second: 'Second',
  third: 'Third',
  picture: 'The two side by side',
  pictureSummary: '{{traditional}} against {{community}}.',
  measured: 'What was measured',
  measuredNote:
    'In this period {{visitors}} people came, {{buyers}} bought, {{repeaters}} of those not for the first time; {{orders}} orders in {{currency}}. Of {{invited}} who came by an invitation, {{invitedBuyers}} bought.',
};
