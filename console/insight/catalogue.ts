import { Filter, Hourglass, Layers, type LucideIcon, Users, Wand2 } from 'lucide-react';
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
  { name: 'funnel', group: 'path', icon: Filter, Page: lazy(() => import('./funnel/funnel.tsx')) },
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
