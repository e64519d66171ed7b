import conflicts from '../conflicts/zh.ts';
import events from '../events/zh.ts';
import frame from '../frame/zh.ts';
import home from '../home/zh.ts';
import imports from '../imports/zh.ts';
import kit from '../kit/zh.ts';
import people from '../people/zh.ts';
import signIn from '../sign-in/zh.ts';
import sources from '../sources/zh.ts';

export const words = {
  conflicts,
  events,
  frame,
  home,
  imports,
  kit,
  people,
  'sign-in': signIn,
  sources,
};
