/** How somebody arrived, as the column `touch` of an event tells it: 'medium|source|campaign'. */
export interface Touch {
  medium: string;
  source: string;
  campaign: string;
}

export function readTouch(text: string): Touch {
  const [medium = '', source = '', ...campaign] = text.split('|');
  return { medium, source, campaign: campaign.join('|') };
}

/** The channels that have a name of their own; any other medium is a channel under the name it was given. */
const channels = [
  'ads',
  'search',
  'social',
  'email',
  'push',
  'friend',
  'partner',
  'referral',
  'direct',
  'app',
  'store',
] as const;

const byMedium: readonly [RegExp, (typeof channels)[number]][] = [
  [/^(?:store|qr|shelf|print|poster|offline)$/, 'store'],
  [/^(?:app|in-?app)$/, 'app'],
  [/^(?:direct|none|\(none\))$/, 'direct'],
  [/^(?:cpc|ppc|cpm|cpv|cpa|ads?|display|banner|retargeting|paid.*)$/, 'ads'],
  [/^(?:e-?mail|newsletter|edm|letter)$/, 'email'],
  [/^(?:push|sms|text|message|messenger)$/, 'push'],
  [/^(?:friend|share|invite|invitation|word-?of-?mouth|wom)$/, 'friend'],
  [/^(?:social|social-?(?:media|network)|sm)$/, 'social'],
  [/^(?:affiliate|partner|influencer|kol|koc|creator)$/, 'partner'],
  [/^(?:organic|search|seo)$/, 'search'],
  [/^(?:referral|referrer)$/, 'referral'],
];

const searchEngines =
  /(?:^|\.)(?:google|bing|baidu|sogou|duckduckgo|yahoo|yandex|ecosia|naver|qwant|startpage)\.|^(?:so|sm)\.(?:com|cn)$/;
const socialSites =
  /(?:^|\.)(?:facebook|instagram|tiktok|douyin|youtube|x|twitter|t|reddit|linkedin|pinterest|weibo|xiaohongshu|xhslink|zhihu|bilibili|kuaishou|weixin|wechat)\.(?:com|cn|co|qq\.com|net)$|^(?:mp\.)?weixin\.qq\.com$/;

/** The channel of a touch, by its medium; a page elsewhere that led here by what kind of page it is. */
export function channelOf({ medium, source }: Touch): string {
  const name = medium
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
  if (name === 'referrer') {
    const host = source.toLowerCase();
    if (searchEngines.test(host)) return 'search';
    return socialSites.test(host) ? 'social' : 'referral';
  }
  const known = byMedium.find(([pattern]) => pattern.test(name));
  if (known) return known[1];
  return name === '' ? 'referral' : name;
}

/** What a touch is called: its channel, or the campaign in it; without one the channel again. */
export function nameOf(text: string, by: 'channel' | 'campaign'): string {
  const touch = readTouch(text);
  const channel = channelOf(touch);
  if (by === 'channel') return channel;
  if (touch.campaign !== '') return `${touch.source} / ${touch.campaign}`;
  return channel === 'store' && touch.source !== '' ? `store / ${touch.source}` : channel;
}
