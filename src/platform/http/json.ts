import type { App } from './app.ts';
import { refuse } from './problem.ts';

/** Reads JSON bodies, and says in the reader's own words what is wrong with one that cannot be read. */
export function readJson(app: App): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parse(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parse(text: string): unknown {
  // Many clients name the type on every request, also where there is nothing to say.
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    throw refuse('not-json', `The body cannot be read as JSON: ${(error as Error).message}.`);
  }
  if (/__proto__|\\u005f/i.test(text)) refusePrototype(value);
  return value;
}

/** A member of this name would change what the object is, once somebody copies it. */
function refusePrototype(value: unknown): void {
  // A list of what is left to look at, because a body may nest deeper than calls can.
  const left = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one !== 'object' || one === null) continue;
    if (Object.hasOwn(one, '__proto__')) {
      throw refuse('not-json', 'The body has a member named __proto__, which no request needs.');
    }
    for (const inner of Object.values(one)) left.push(inner);
  }
}
