import {
  CalendarDays,
  CalendarSync,
  Filter,
  Grid3x3,
  Hourglass,
  Layers,
  type LucideIcon,
  Repeat2,
  Route,
  Share2,
  ShoppingBasket,
  Signpost,
  Users,
  Wand2,
  Waypoints,
} from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { words } from '../words/en.ts';

/** A report that has a page; its words stand under its name in the words of `insight`. */
export interface ReportPlace {
  name: keyof typeof words.insight.reports;
  group: keyof typeof words.insight.groups;
  icon: LucideIcon;
  Page: LazyExoticComponent<ComponentType>;
}

/** Every report, as the index shows them. */
export const reportPlaces: readonly ReportPlace[] = [
  { name: 'week', group: 'now', icon: CalendarDays, Page: lazy(() => import('./week/week.tsx')) },
  {
    name: 'attribution',
    group: 'bring',
    icon: Waypoints,
    Page: lazy(() => import('./attribution/attribution.tsx')),
  },
  { name: 'channels', group: 'bring', icon: Signpost, Page: lazy(() => import('./channels/channels.tsx')) },
  { name: 'content', group: 'bring', icon: Share2, Page: lazy(() => import('./content/content.tsx')) },
  {
    name: 'products',
    group: 'bring',
    icon: ShoppingBasket,
    Page: lazy(() => import('./products/products.tsx')),
  },
  { name: 'funnel', group: 'path', icon: Filter, Page: lazy(() => import('./funnel/funnel.tsx')) },
  { name: 'paths', group: 'path', icon: Route, Page: lazy(() => import('./paths/paths.tsx')) },
  { name: 'cohorts', group: 'back', icon: Grid3x3, Page: lazy(() => import('./cohorts/cohorts.tsx')) },
  {
    name: 'repurchase',
    group: 'back',
    icon: Repeat2,
    Page: lazy(() => import('./repurchase/repurchase.tsx')),
  },
  {
    name: 'stickiness',
    group: 'back',
    icon: CalendarSync,
    Page: lazy(() => import('./stickiness/stickiness.tsx')),
  },
  {
    name: 'value-layers',
    group: 'value',
    icon: Layers,
    Page: lazy(() => import('./value-layers/value-layers.tsx')),
  },
  { name: 'lifetime', group: 'value', icon: Hourglass, Page: lazy(() => import('./lifetime/lifetime.tsx')) },
  { name: 'what-if', group: 'value', icon: Wand2, Page: lazy(() => import('./what-if/what-if.tsx')) },
  { name: 'personas', group: 'value', icon: Users, Page: lazy(() => import('./personas/personas.tsx')) },
];
