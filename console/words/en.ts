import account from '../account/en.ts';
import audit from '../audit/en.ts';
import conflicts from '../conflicts/en.ts';
import events from '../events/en.ts';
import frame from '../frame/en.ts';
import home from '../home/en.ts';
import imports from '../imports/en.ts';
import insight from '../insight/en.ts';
import keys from '../keys/en.ts';
import kit from '../kit/en.ts';
import ledger from '../ledger/en.ts';
import people from '../people/en.ts';
import points from '../points/en.ts';
import segments from '../segments/en.ts';
import sessions from '../sessions/en.ts';
import settings from '../settings/en.ts';
import signIn from '../sign-in/en.ts';
import sources from '../sources/en.ts';
import team from '../team/en.ts';
import webhooks from '../webhooks/en.ts';

export const words = {
  account,
  audit,
  keys,
  sessions,
  settings,
  team,
  conflicts,
  events,
  frame,
  home,
  imports,
  insight,
  kit,
  ledger,
  people,
  points,
  segments,
  'sign-in': signIn,
  sources,
  webhooks,
};
