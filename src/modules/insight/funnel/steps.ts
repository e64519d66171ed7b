import type { Asking } from '../report/define.ts';
import type { Question } from '../report/schema.ts';
import { funnelStages, refuse } from '../schema.ts';

export type Json = Record<string, unknown>;

/** One after the other, as rules name events. */
export interface Step {
  name: string;
  match: Json;
}

/** How long somebody has from the first step to the last. */
export interface Within {
  text: string;
  ms: number;
  duration: Json;
}

const most = 8;
const units = { m: ['minutes', 60_000], h: ['hours', 3_600_000], d: ['days', 86_400_000] } as const;

export function withinOf(text: string): Within {
  const unit = units[text.at(-1) as keyof typeof units];
  const amount = Number(text.slice(0, -1));
  return { text, ms: amount * unit[1], duration: { [unit[0]]: amount } };
}

/** The stages of the path that have any events, as steps. */
function pathSteps({ path }: Pick<Asking, 'path'>): Step[] {
  return funnelStages.flatMap((name, i) => {
    const all = path.names.filter((_, k) => path.stages[k] === i + 1);
    const isType = (one: string) => one === 'page' || one === 'screen';
    const [event, type] = [all.filter((one) => !isType(one)), all.filter(isType)];
    if (all.length === 0) return [];
    return { name, match: { ...(event.length > 0 && { event }), ...(type.length > 0 && { type }) } };
  });
}

export function stepsOf(asking: Asking, text: string | undefined): { isPath: boolean; steps: Step[] } {
  if (text === undefined) {
    const steps = pathSteps(asking);
    if (steps.length < 2) throw refuse('bad-question', 'The path has events in fewer than two stages.');
    return { isPath: true, steps };
  }
  const list = jsonOf(text, 'steps');
  if (!Array.isArray(list) || list.length < 2 || list.length > most)
    throw refuse('bad-question', `A funnel has from two to ${most} steps, as a JSON list.`);
  return { isPath: false, steps: list.map((match) => ({ name: nameOf(match), match: objectOf(match) })) };
}

export function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('bad-question', `What was given as "${name}" is no JSON.`);
  }
}

/** An event as rules name it, always as an object; what is neither is left to be refused. */
export function objectOf(match: unknown): Json {
  return typeof match === 'object' && match !== null && !Array.isArray(match)
    ? (match as Json)
    : { event: match };
}

function nameOf(match: unknown): string {
  const { event, type } = objectOf(match);
  const names = [event, type].flat().filter((one) => typeof one === 'string');
  return names.length > 0 ? names.join(' / ') : '*';
}

/** The event narrowed to what the question asks for; null where the language of rules cannot say it. */
export function narrowed(match: Json, question: Question): Json | null {
  const { channel, source, store } = question;
  if ((channel !== null && 'channel' in match) || (source !== null && 'source' in match)) return null;
  const where = Array.isArray(match.where) ? match.where : [];
  return {
    ...match,
    ...(channel !== null && { channel }),
    ...(source !== null && { source }),
    ...(store !== null && { where: [...where, { column: 'store_id', equals: store }] }),
  };
}
