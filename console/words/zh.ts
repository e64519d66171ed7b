import account from '../account/zh.ts';
import audit from '../audit/zh.ts';
import conflicts from '../conflicts/zh.ts';
import events from '../events/zh.ts';
import frame from '../frame/zh.ts';
import home from '../home/zh.ts';
import imports from '../imports/zh.ts';
import insight from '../insight/zh.ts';
import keys from '../keys/zh.ts';
import kit from '../kit/zh.ts';
import ledger from '../ledger/zh.ts';
import people from '../people/zh.ts';
import points from '../points/zh.ts';
import segments from '../segments/zh.ts';
import sessions from '../sessions/zh.ts';
import settings from '../settings/zh.ts';
import signIn from '../sign-in/zh.ts';
import sources from '../sources/zh.ts';
import team from '../team/zh.ts';
import webhooks from '../webhooks/zh.ts';

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
