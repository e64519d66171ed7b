import {
  Activity,
  ChartNoAxesCombined,
  Coins,
  FileUp,
  GitMerge,
  House,
  LayoutDashboard,
  type LucideIcon,
  Radio,
  Settings,
  Shapes,
  ShieldAlert,
  UserRound,
} from 'lucide-react';
import type { Permission } from '../api/types.ts';

export interface Place {
  to: string;
  name:
    | 'home'
    | 'people'
    | 'segments'
    | 'reports'
    | 'boards'
    | 'points'
    | 'events'
    | 'quarantine'
    | 'conflicts'
    | 'sources'
    | 'imports'
    | 'settings';
  icon: LucideIcon;
  needs?: Permission;
  /** In the bar at the foot of a phone. */
  onPhone?: boolean;
  /** Speaks of a period, which is chosen in the bar above. */
  hasPeriod?: boolean;
}

/** Where one can go; what a role may not see is not shown to it. */
export const places: readonly Place[] = [
  { to: '/', name: 'home', icon: House, needs: 'events:read', onPhone: true, hasPeriod: true },
  { to: '/people', name: 'people', icon: UserRound, needs: 'people:read', onPhone: true },
  { to: '/segments', name: 'segments', icon: Shapes, needs: 'segments:read', onPhone: true },
  { to: '/reports', name: 'reports', icon: ChartNoAxesCombined, needs: 'events:read', hasPeriod: true },
  { to: '/boards', name: 'boards', icon: LayoutDashboard, needs: 'events:read' },
  { to: '/points', name: 'points', icon: Coins, needs: 'rewards:read' },
  { to: '/conflicts', name: 'conflicts', icon: GitMerge, needs: 'people:read' },
  { to: '/events', name: 'events', icon: Activity, needs: 'events:read', onPhone: true },
  { to: '/quarantine', name: 'quarantine', icon: ShieldAlert, needs: 'events:read' },
  { to: '/sources', name: 'sources', icon: Radio, needs: 'sources:read' },
  { to: '/imports', name: 'imports', icon: FileUp, needs: 'imports:read' },
  { to: '/settings', name: 'settings', icon: Settings },
];
