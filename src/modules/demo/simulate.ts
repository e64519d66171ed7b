import { crawl } from './bots.ts';
import { HOUR_MS, STEP_MS } from './calendar.ts';
import { bringSomebody } from './community.ts';
import type { Delivery } from './post.ts';
import { hash } from './random.ts';
import { visit } from './visit.ts';
import { hourMs, type World } from './world.ts';

const STEPS = HOUR_MS / STEP_MS;

/**
 * The brand's story, told hour by hour: who is due visits, who brings somebody does, the bots crawl; what has
 * arrived by then is handed out in order of arrival. Lazy, and never holds more than what is on its way.
 * Ends with the last message that arrives before `untilMs` (default: the world's now).
 */
export function* deliveries(world: World, untilMs = world.nowMs): Generator<Delivery, void, void> {
  for (let hour = 0; hour < world.hours && hourMs(world, hour) < untilMs; hour++) {
    const startMs = hourMs(world, hour);
    bringAll(world, hour);
    crawl(world, hour);
    for (const [step, visitors] of visitorsOf(world, hour).entries()) {
      const stepMs = startMs + step * STEP_MS;
      for (const p of visitors) visit(world, p, stepMs);
      for (const delivery of world.post.arrivals(stepMs)) {
        if (delivery.arrivedAt >= untilMs) return;
        yield delivery;
      }
    }
  }
}

function bringAll(world: World, hour: number): void {
  for (let invited = world.invitations[hour] as number; invited >= 0; ) {
    bringSomebody(world, invited, hour);
    invited = world.nextInvited[invited] as number;
  }
}

/** Who is due in an hour, spread over its steps. A visit puts its person down for another hour, so this is a copy. */
function visitorsOf(world: World, hour: number): number[][] {
  const steps: number[][] = Array.from({ length: STEPS }, () => []);
  for (let p = world.visitors[hour] as number; p >= 0; p = world.next[p] as number) {
    steps[hash(world.seed, p, hour) % STEPS]?.push(p);
  }
  return steps;
}
