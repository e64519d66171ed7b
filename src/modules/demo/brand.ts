import { odds } from './random.ts';

/** The brand that the simulator invents: tea and things for the home, in Britain and in China. */
export const BRAND = {
  name: 'Moss & Kettle 苔与壶',
  slug: 'demo',
  host: 'www.mosskettle.example',
  country: 'GB',
  timeZone: 'Europe/London',
  currency: 'GBP',
} as const;

export type Market = 'gb' | 'cn';

export const MARKETS = {
  gb: { country: 'GB', timeZone: 'Europe/London', currency: 'GBP', locale: 'en-GB', language: 'en' },
  cn: { country: 'CN', timeZone: 'Asia/Shanghai', currency: 'CNY', locale: 'zh-CN', language: 'zh' },
} as const;

/** Where a message can come from; each becomes a source with a key and figures of its own. */
export type Touchpoint =
  | 'web'
  | 'app'
  | 'miniapp'
  | 'content'
  | 'community'
  | 'chat'
  | 'office'
  | `till-${StoreId}`
  | `door-${StoreId}`;

export type SourceKind = 'web' | 'app' | 'till' | 'sensor' | 'chat' | 'content' | 'server';

export type StoreId = 'soho' | 'leith' | 'xuhui';

export interface Store {
  readonly id: StoreId;
  readonly index: number;
  readonly name: string;
  readonly city: string;
  readonly market: Market;
  readonly zones: readonly string[];
  /** What the clerks type in when a customer gives no number. */
  readonly phone: string;
}

export const STORES: readonly Store[] = [
  {
    id: 'soho',
    index: 0,
    name: 'Moss & Kettle Soho',
    city: 'London',
    market: 'gb',
    zones: ['Entrance', 'Tea bar', 'Teaware', 'Home', 'Gifts', 'Till'],
    phone: '+442071234501',
  },
  {
    id: 'leith',
    index: 1,
    name: 'Moss & Kettle Leith',
    city: 'Edinburgh',
    market: 'gb',
    zones: ['Entrance', 'Tea bar', 'Teaware', 'Gifts', 'Till'],
    phone: '+441312345602',
  },
  {
    id: 'xuhui',
    index: 2,
    name: '苔与壶 徐汇店',
    city: '上海',
    market: 'cn',
    zones: ['入口', '茶吧', '茶具', '家居', '收银台'],
    phone: '+862154321603',
  },
];

export const SOURCES: readonly { touchpoint: Touchpoint; name: string; kind: SourceKind }[] = [
  { touchpoint: 'web', name: 'Web shop', kind: 'web' },
  { touchpoint: 'app', name: 'App', kind: 'app' },
  { touchpoint: 'miniapp', name: 'WeChat mini-program', kind: 'app' },
  { touchpoint: 'content', name: 'Journal', kind: 'content' },
  { touchpoint: 'community', name: 'Community', kind: 'server' },
  { touchpoint: 'chat', name: 'Chat', kind: 'chat' },
  { touchpoint: 'office', name: 'Order office', kind: 'server' },
  ...STORES.flatMap((store) => [
    { touchpoint: `till-${store.id}` as const, name: `Till ${store.city}`, kind: 'till' as const },
    {
      touchpoint: `door-${store.id}` as const,
      name: `Door and zones ${store.city}`,
      kind: 'sensor' as const,
    },
  ]),
];

/** How a visit came about. */
export type Channel = 'direct' | 'search' | 'ads' | 'social' | 'email' | 'friend';

export const CHANNELS = odds<Channel>([
  ['direct', 30],
  ['search', 26],
  ['ads', 15],
  ['social', 13],
  ['email', 9],
  ['friend', 7],
]);

export interface Campaign {
  readonly source: string;
  readonly medium: string;
  readonly name: string;
  readonly term?: string;
  readonly content?: string;
}

export const ADS: Record<Market, readonly Campaign[]> = {
  gb: [
    { source: 'google', medium: 'cpc', name: 'brand', term: 'moss and kettle' },
    { source: 'google', medium: 'cpc', name: 'loose-leaf', term: 'loose leaf tea' },
    { source: 'google', medium: 'cpc', name: 'gifts', term: 'tea gift set', content: 'hamper-b' },
    { source: 'meta', medium: 'paid-social', name: 'slow-mornings', content: 'video-30s' },
  ],
  cn: [
    { source: 'baidu', medium: 'cpc', name: '品牌词', term: '苔与壶' },
    { source: 'wechat', medium: 'paid-social', name: '朋友圈-慢早晨', content: 'video-15s' },
  ],
};

export const POSTS: Record<Market, readonly Campaign[]> = {
  gb: [
    { source: 'instagram', medium: 'social', name: 'journal' },
    { source: 'youtube', medium: 'social', name: 'brew-with-us' },
  ],
  cn: [
    { source: 'xiaohongshu', medium: 'social', name: '种草' },
    { source: 'wechat', medium: 'social', name: '公众号' },
  ],
};

export const LETTERS: readonly Campaign[] = [
  { source: 'newsletter', medium: 'email', name: 'monthly-letter' },
  { source: 'newsletter', medium: 'email', name: 'new-harvest' },
  { source: 'newsletter', medium: 'email', name: 'left-in-your-basket' },
];
