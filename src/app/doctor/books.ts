import type { Running } from '../home.ts';
import { type Finding, fine, problem } from './finding.ts';

/** Whether points are as they should be, as the running program saw it last; nothing where it does not say. */
export async function checkBooks(running: Running | undefined): Promise<Finding[]> {
  const figures = running && (await figuresOf(running.url));
  const figure = (name: string) => {
    const told = Number(new RegExp(`^pando_${name} (\\S+)$`, 'm').exec(figures ?? '')?.[1] ?? Number.NaN);
    return Number.isNaN(told) ? undefined : told;
  };
  return [...books(figure('points_laws_broken')), ...logs(figure('public_logs_stopped'))];
}

function books(broken: number | undefined): Finding[] {
  if (broken === undefined) return [];
  if (broken === 0) return [fine('points', 'The books of points keep their laws.')];
  return [
    problem(
      'points',
      `The books of points break a law in ${broken} places.`,
      'GET /api/points/laws names them. Let nobody move points before it is known why; a backup from before tells more.',
    ),
  ];
}

function logs(stopped: number | undefined): Finding[] {
  if (stopped === undefined) return [];
  if (stopped === 0) return [fine('public log', 'No public log is held back.')];
  return [
    problem(
      'public log',
      `${stopped === 1 ? 'A public log of points does' : `${stopped} public logs of points do`} not go on, so that the history does not fork: the database is behind what was public, or what was public is not known here.`,
      'An older backup was probably restored. Put a newer one back; or, where nothing was public beyond it, say that the log may go on (docs/proof.md).',
    ),
  ];
}

async function figuresOf(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(3000) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
