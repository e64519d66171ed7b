export default {
  title: 'Who is one person, and who is not?',
  answer_zero: 'Nothing to decide.',
  answer:
    'Here the evidence says that people are one, while they differ in something that only one person can have.',
  met: '{{rule}} on {{moment}}',
  rule: {
    event: 'An event tied them together',
    identify: 'Somebody made themselves known',
    alias: 'An alias tied them together',
  },
  collide: 'What collides',
  since: 'Met {{day}}',
  apart: 'They are different people',
  join: 'They are one person',
  joinInto: 'Who stays? The others come to this one.',
  joined: 'They are one person now.',
  keptApart: 'They stay apart.',
  empty: 'Nothing to decide',
  emptyWhy:
    'Pando joins people by itself where the evidence is clear. Where two of them differ in a card, an account or an e-mail, it asks you here.',
  more: 'Show more',
};
