import boards from '../boards/en.ts';
import attribution from './attribution/en.ts';
import channels from './channels/en.ts';
import cohorts from './cohorts/en.ts';
import content from './content/en.ts';
import funnel from './funnel/en.ts';
import lifetime from './lifetime/en.ts';
import paths from './paths/en.ts';
import personas from './personas/en.ts';
import products from './products/en.ts';
import repurchase from './repurchase/en.ts';
import stickiness from './stickiness/en.ts';
import value from './value/en.ts';
import layers from './value-layers/en.ts';
import week from './week/en.ts';
import whatIf from './what-if/en.ts';

export default {
  title: 'Reports',
  answer:
    'One question a page, counted from your own events. The address keeps the question: send it to a colleague.',
  groups: {
    now: 'This week',
    path: 'The path',
    back: 'Coming back',
    bring: 'What brings people and orders',
    value: 'What people are worth',
  },
  boards,
  all: 'All reports',
  copy: 'Copy link',
  copied: 'The link with this question is copied.',
  noCsv: 'The file could not be made; try again.',
  people: 'People',
  none: 'None',
  compared: 'Compared: {{value}}',
  partOf: '{{part}} of {{of}}',
  nothing: 'nothing more',
  rest: 'others',
  emptyTitle: 'Nothing in this period',
  emptyWhy: 'Nobody did any of this in the chosen period, with the chosen filters.',
  aYear: 'Look at a year',
  widen: 'Take the filters off',
  nothingYet: 'Your brand has not said anything yet',
  nothingYetWhy: 'This report is counted from events. Send a first one, or import past sales.',
  send: 'Send the first event',
  asOf: 'As of {{time}}; a large workspace is counted again every few minutes.',
  howCommon:
    'People are counted as they are known now: whoever was joined is one. Known bots, people who were erased, and what somebody who denied analytics left behind are not in it. Filters narrow the events; a segment narrows to the people who are in it now. A grey share with a star rests on fewer than 30 people; point at a share to see between which bounds the true one may well lie (Wilson, 95%).',
  filter: {
    segment: 'Segment',
    channel: 'Channel',
    source: 'Source',
    store: 'Store',
    storeHint: 'The id of the store, as events carry it',
    compare: 'Compared with',
    before: 'the period before',
    withSegment: 'the segment {{name}}',
  },
  value,
  reports: {
    attribution,
    channels,
    content,
    products,
    week,
    funnel,
    paths,
    cohorts,
    repurchase,
    stickiness,
    lifetime,
    'value-layers': layers,
    'what-if': whatIf,
    personas,
  },
};
