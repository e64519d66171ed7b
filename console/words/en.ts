import conflicts from '../conflicts/en.ts';
import events from '../events/en.ts';
import frame from '../frame/en.ts';
import home from '../home/en.ts';
import imports from '../imports/en.ts';
import kit from '../kit/en.ts';
import people from '../people/en.ts';
import signIn from '../sign-in/en.ts';
import sources from '../sources/en.ts';

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
