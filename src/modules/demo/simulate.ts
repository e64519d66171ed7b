import { crawl } from './bots.ts';
import { bringSomebody } from './community.ts';
import type { Delivery } from './post.ts';
import { visit } from './visit.ts';
import { hourMs, type World } from './world.ts';

/**
 * The brand's story, told hour by hour: who is due visits, who brings somebody does, the bots crawl; what has
 * arrived by then is handed out in order of arrival. Lazy, and never holds more than what is on its way.
 * Ends with the last message that arrives before `untilMs` (default: the world's now).
 */
export function* deliveries(world: World, untilMs = world.nowMs): Generator<Delivery, void, void> {
  for (let hour = 0; hour < world.hours && hourMs(world, hour) < untilMs; hour++) {
    let invited = world.invitations[hour] as number;
    while (invited >= 0) {
      bringSomebody(world, invited, hour);
      invited = world.nextInvited[invited] as number;
    }
    let visitor = world.visitors[hour] as number;
    while (visitor >= 0) {
      // The visit puts the person down for another hour, and with that overwrites the link.
      const following = world.next[visitor] as number;
      visit(world, visitor, hour);
      visitor = following;
    }
    crawl(world, hour);
    for (const delivery of world.post.arrivals(hourMs(world, hour))) {
      if (delivery.arrivedAt >= untilMs) return;
      yield delivery;
    }
  }
}
