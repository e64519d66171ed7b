import {
  CircleUserRound,
  Footprints,
  Gem,
  HandHeart,
  HardDrive,
  KeyRound,
  type LucideIcon,
  MonitorSmartphone,
  ScrollText,
  Store,
  UserRoundSearch,
  UsersRound,
  Webhook,
} from 'lucide-react';
import type { Permission } from '../api/types.ts';

export interface SettingsPlace {
  to: string;
  name:
    | 'general'
    | 'consent'
    | 'path'
    | 'people'
    | 'value'
    | 'data'
    | 'team'
    | 'keys'
    | 'webhooks'
    | 'audit'
    | 'account'
    | 'sessions';
  group: 'workspace' | 'team' | 'me';
  icon: LucideIcon;
  needs?: Permission;
}

/** What stands under Settings; what a role may not see is not shown to it. */
export const settingsPlaces: readonly SettingsPlace[] = [
  { to: '/settings', name: 'general', group: 'workspace', icon: Store, needs: 'settings:read' },
  { to: '/settings/consent', name: 'consent', group: 'workspace', icon: HandHeart, needs: 'settings:read' },
  { to: '/settings/path', name: 'path', group: 'workspace', icon: Footprints, needs: 'settings:read' },
  {
    to: '/settings/people',
    name: 'people',
    group: 'workspace',
    icon: UserRoundSearch,
    needs: 'settings:read',
  },
  { to: '/settings/value', name: 'value', group: 'workspace', icon: Gem, needs: 'settings:read' },
  { to: '/settings/data', name: 'data', group: 'workspace', icon: HardDrive, needs: 'settings:read' },
  { to: '/settings/team', name: 'team', group: 'team', icon: UsersRound, needs: 'team:read' },
  { to: '/settings/keys', name: 'keys', group: 'team', icon: KeyRound, needs: 'keys:read' },
  { to: '/settings/webhooks', name: 'webhooks', group: 'team', icon: Webhook, needs: 'webhooks:read' },
  { to: '/settings/audit', name: 'audit', group: 'team', icon: ScrollText, needs: 'audit:read' },
  { to: '/settings/account', name: 'account', group: 'me', icon: CircleUserRound },
  { to: '/settings/sessions', name: 'sessions', group: 'me', icon: MonitorSmartphone },
];
