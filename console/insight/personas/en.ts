export default {
  title: 'Personas',
  about:
    'People who behave alike, by what they lean to: innovation, privacy, individuality, value, their circle, connectedness.',
  how: 'Of everybody who came on two days of the period or more, six leanings are told by what they did, each as a rank from 0 to 100: of a hundred people who have any of it, how many have as much or less. Five groups of people with like leanings are found by k-means on standardised leanings (seeded, begun from last week’s centres); once a week they are found anew and matched to those before by the Hungarian method, so that a name stays with its group. Somebody changes the group only when another is nearer by a tenth. Portraits of more than 50,000 people are told by 50,000 of them.',
  formula:
    'innovation      2 log2(1+ideas) + log2(1+votes) + log2(1+surveys, feedback) + log2(1+searches)\nprivacy         share of events that came without anything that tells who they are\nindividuality   log2(1+wishes) + log2(1+filters) + log2(1+reviews, feedback)\nvalue           log2(1+promotions) + 2 log2(1+coupons) + log2(1+refunds)\ncircle          log2(1+shares) + 2 log2(1+invitations sent) + 2 log2(1+invitations accepted)\nconnectedness   log2(days) + 2 (kinds of touchpoints - 1)',
  emptyTitle: 'Too few people for groups',
  emptyWhy:
    'Groups need at least 50 people who came on two days or more. Choose a longer period, or come back later.',
  answer:
    '{{people}} people came back at least once; they fall into {{count}} groups. The largest, {{name}}, has {{share}}.',
  leanings: {
    innovation: 'Innovation',
    privacy: 'Privacy',
    individuality: 'Individuality',
    value: 'Value',
    circle: 'Circle',
    connectedness: 'Connectedness',
  },
  names: {
    innovation: 'Those with ideas',
    privacy: 'The discreet',
    individuality: 'Those with a taste',
    value: 'Bargain hunters',
    circle: 'Those who tell others',
    connectedness: 'At home everywhere',
    none: 'The quiet',
  },
  also: '{{first}} · {{second}}',
  listed: ', ',
  portrait:
    'They came on {{days}} days, ordered {{orders}} times for {{revenue}} and shared {{shares}} times, on average.',
  leans: 'Lean to: {{names}}.',
  shuns: 'Less than others to: {{names}}.',
  neither: 'They lean to nothing in particular.',
  size: '{{people}} people, {{share}}',
  picture: 'Leanings of each group',
  pictureSummary: 'Mean rank, 0 to 100; the mean of all stands in the table.',
  leaning: 'Leaning',
  all: 'Everybody',
  groups: 'The groups',
  segment: 'The people of {{name}} as a segment',
};
