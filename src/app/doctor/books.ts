import type { Running } from '../home.ts';
import { type Finding, fine, problem } from './finding.ts';

/** Whether the books of points keep their laws, as the running program saw it last; nothing where it does not say. */
export async function checkBooks(running: Running | undefined): Promise<Finding[]> {
  const figures = running && (await figuresOf(running.url));
  const broken = /^pando_points_laws_broken (\S+)$/m.exec(figures ?? '')?.[1];
  if (broken === undefined || Number.isNaN(Number(broken))) return [];
  if (Number(broken) === 0) return [fine('points', 'The books of points keep their laws.')];
  return [
    problem(
      'points',
      `The books of points break a law in ${broken} places.`,
      'GET /api/points/laws names them. Let nobody move points before it is known why; a backup from before tells more.',
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
