import {
  BadgeCheck,
  Eye,
  Footprints,
  Gift,
  type LucideIcon,
  MessageCircle,
  PackageCheck,
  Search,
  Share2,
  ShoppingBag,
  ShoppingCart,
  Undo2,
  UserRoundPen,
  Zap,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { EventInShort } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { useWordsOr } from '../words/words-or.ts';

const icons: readonly [RegExp, LucideIcon][] = [
  [/^Order (?:Refunded|Cancelled)/, Undo2],
  [/^Order|^Payment/, ShoppingBag],
  [/Added|Cart|Checkout/, ShoppingCart],
  [/Shared|Invite/, Share2],
  [/Search|List|Filter/, Search],
  [/Store|Zone/, Footprints],
  [/Pickup|Used/, PackageCheck],
  [/Feedback|Survey|Review|Idea|Support/, MessageCircle],
  [/Membership|Signed Up/, BadgeCheck],
  [/Points|Promotion/, Gift],
  [/Viewed|Clicked/, Eye],
];

export function iconOf(event: Pick<EventInShort, 'type' | 'event'>): LucideIcon {
  if (event.type === 'identify' || event.type === 'alias') return UserRoundPen;
  if (event.type === 'page' || event.type === 'screen') return Eye;
  return icons.find(([name]) => name.test(event.event))?.[1] ?? Zap;
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** An event in a few words: its name in the reader's language, and what it was about. */
export function useEventWords(): (event: EventInShort) => { title: string; about: string; isGold: boolean } {
  const { t } = useTranslation('events');
  const format = useFormat();
  const wordsOr = useWordsOr('events');
  return (event) => {
    const name = wordsOr(`names.${event.event}`, event.event);
    const properties = (event.properties ?? {}) as Record<string, unknown>;
    const products = Array.isArray(properties.products) ? properties.products : [];
    const things = products.map((product: Record<string, unknown>) => text(product?.name)).filter(Boolean);
    const found =
      text(properties.name) || text(properties.query) || text(properties.title) || text(properties.path);
    const named = found === event.event ? '' : found;
    const about = [
      event.total && event.currency ? format.money(event.total, event.currency) : '',
      things.length > 0
        ? things.slice(0, 3).join(', ') + (things.length > 3 ? ` +${things.length - 3}` : '')
        : named,
      event.store_id,
    ];
    const title =
      event.type === 'track'
        ? name
        : event.event
          ? `${t(`types.${typeOf(event)}`)}: ${name}`
          : t(`types.${typeOf(event)}`);
    return { title, about: about.filter(Boolean).join(' · '), isGold: event.event === 'Order Completed' };
  };
}

function typeOf(event: EventInShort) {
  const known = ['track', 'page', 'screen', 'identify', 'group', 'alias'] as const;
  return known.find((type) => type === event.type) ?? 'track';
}
