import { CalendarHeart, type LucideIcon, Medal, MoonStar, Repeat, ShoppingCart, Store } from 'lucide-react';
import type { Json } from './rule.ts';

export const templateIds = ['fresh', 'second', 'cart', 'risk', 'champions', 'looked'] as const;
export type TemplateId = (typeof templateIds)[number];

export interface Template {
  id: TemplateId;
  icon: LucideIcon;
  rule: Json;
}

/** Rules that most brands ask for, to begin with. */
export const templates: readonly Template[] = [
  {
    id: 'fresh',
    icon: CalendarHeart,
    rule: { all: [{ first: {}, in: { calendar_days: 7 } }] },
  },
  {
    id: 'second',
    icon: Repeat,
    rule: {
      all: [
        { did: 'Order Completed', exactly: 1 },
        { last: 'Order Completed', in: { last: { days: 60 } } },
        { did_not: 'Order Completed', in: { last: { days: 21 } } },
      ],
    },
  },
  {
    id: 'cart',
    icon: ShoppingCart,
    rule: {
      all: [
        {
          abandoned: 'Product Added',
          without: 'Order Completed',
          within: { hours: 4 },
          in: { last: { days: 3 } },
        },
      ],
    },
  },
  {
    id: 'risk',
    icon: MoonStar,
    rule: {
      all: [
        { did: 'Order Completed', at_least: 2, in: { last: { days: 365 } } },
        { did_not: 'Order Completed', in: { last: { days: 90 } } },
      ],
    },
  },
  {
    id: 'champions',
    icon: Medal,
    rule: { all: [{ snapshot: 'rfm_group', one_of: ['champions'] }] },
  },
  {
    id: 'looked',
    icon: Store,
    rule: {
      all: [
        {
          sequence: [{ event: 'Product Viewed', channel: ['web', 'app'] }, 'Store Entered'],
          within: { days: 7 },
          in: { last: { days: 30 } },
        },
      ],
    },
  },
];

export const templateOf = (id: string | undefined): Template | undefined =>
  templates.find((one) => one.id === id);
