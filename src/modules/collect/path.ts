import Type from 'typebox';
import type { Identity } from '#modules/identity';

export const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;
export type Stage = (typeof stages)[number];

/** The section `path`: which event belongs to which stage of Search, Attention, Deal, Use, Share. */
const PathSettings = Type.Object(
  Object.fromEntries(
    stages.map((stage) => [stage, Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 })]),
  ) as Record<Stage, ReturnType<typeof Type.Array<ReturnType<typeof Type.String>>>>,
  { title: 'The path: event names by stage. `page` and `screen` stand for all pages and screens' },
);
export type PathSettings = Record<Stage, string[]>;

const pathDefaults: PathSettings = {
  search: [
    'Products Searched',
    'Product List Viewed',
    'Product List Filtered',
    'Promotion Viewed',
    'page',
    'screen',
  ],
  attention: [
    'Product Viewed',
    'Product Clicked',
    'Promotion Clicked',
    'Content Viewed',
    'Product Added to Wishlist',
    'Product Added',
    'Cart Viewed',
    'Checkout Started',
    'Store Entered',
    'Zone Entered',
    'Signed Up',
    'Membership Joined',
  ],
  deal: ['Order Completed', 'Order Refunded', 'Order Cancelled', 'Payment Info Entered'],
  use: [
    'Pickup Completed',
    'Feedback Given',
    'Survey Answered',
    'Product Reviewed',
    'Support Requested',
    'Product Used',
  ],
  share: [
    'Content Shared',
    'Product Shared',
    'Cart Shared',
    'Invite Sent',
    'Invite Accepted',
    'Idea Submitted',
    'Idea Voted',
  ],
};

/** The map from events to stages, as each workspace has it. */
export class Paths {
  readonly #settings;

  constructor({ identity }: { identity: Identity }) {
    this.#settings = identity.settings.register('path', PathSettings, pathDefaults);
  }

  /** Names and their stages as two lists of one length, stages from 1 (search) to 5 (share). */
  async map(workspaceId: number): Promise<{ names: string[]; stages: number[] }> {
    const settings = await this.#settings.read(workspaceId);
    const names: string[] = [];
    const numbers: number[] = [];
    stages.forEach((stage, i) => {
      for (const name of settings[stage]) {
        names.push(name);
        numbers.push(i + 1);
      }
    });
    return { names, stages: numbers };
  }
}
