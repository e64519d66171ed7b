import type { Market } from './brand.ts';

/** What people write. `{p}` is the product's name. The mood is known, so that readers of texts can be tested. */
export interface Saying {
  readonly mood: 'good' | 'bad' | 'mixed';
  readonly topic: 'product' | 'delivery' | 'store' | 'price' | 'service' | 'app';
  readonly text: string;
}

export const SAYINGS: Record<Market, readonly Saying[]> = {
  gb: [
    {
      mood: 'good',
      topic: 'product',
      text: 'I love the {p}. It is the first thing I reach for in the morning.',
    },
    { mood: 'good', topic: 'product', text: 'The {p} is even nicer than in the pictures, thank you!' },
    { mood: 'good', topic: 'delivery', text: 'Ordered on Monday, here on Tuesday, beautifully packed.' },
    { mood: 'good', topic: 'store', text: 'The lady at the tea bar let me try three oolongs. Lovely shop.' },
    {
      mood: 'good',
      topic: 'service',
      text: 'You replaced my chipped {p} without a question. Customer for life.',
    },
    {
      mood: 'good',
      topic: 'product',
      text: 'Bought the {p} for my sister, and now she wants everything you make.',
    },
    { mood: 'mixed', topic: 'price', text: 'The {p} is good but a bit dear for what it is.' },
    { mood: 'mixed', topic: 'product', text: 'Nice glaze, though the {p} is smaller than I thought.' },
    { mood: 'mixed', topic: 'app', text: 'The app is handy, but it logs me out every other day.' },
    { mood: 'mixed', topic: 'store', text: 'Great shop, long queue on Saturday. A second till would help.' },
    {
      mood: 'bad',
      topic: 'delivery',
      text: 'My {p} arrived broken and the box was soaked. Very disappointed.',
    },
    { mood: 'bad', topic: 'delivery', text: 'Still waiting after two weeks, and nobody answers.' },
    { mood: 'bad', topic: 'product', text: 'The {p} leaks from the lid. I want my money back.' },
    {
      mood: 'bad',
      topic: 'service',
      text: 'I was told the {p} was in stock, drove an hour, and it was not.',
    },
    { mood: 'bad', topic: 'app', text: 'The app crashes at checkout, twice now. I gave up.' },
    { mood: 'bad', topic: 'price', text: 'Full price on Thursday, 20% off on Friday. That is not fair.' },
  ],
  cn: [
    { mood: 'good', topic: 'product', text: '{p}真的很喜欢,早上第一件事就是用它泡茶。' },
    { mood: 'good', topic: 'product', text: '实物比图片还好看,{p}手感特别好。' },
    { mood: 'good', topic: 'delivery', text: '昨天下单今天就到了,包装很用心。' },
    { mood: 'good', topic: 'store', text: '徐汇店的茶艺师很耐心,试了三款单丛,体验很棒。' },
    { mood: 'good', topic: 'service', text: '{p}有点磕碰,客服马上给换了新的,五星好评。' },
    { mood: 'good', topic: 'product', text: '给妈妈买的{p},她逢人就夸。' },
    { mood: 'mixed', topic: 'price', text: '{p}不错,就是价格有点贵。' },
    { mood: 'mixed', topic: 'product', text: '釉色很美,但{p}比想象中小一点。' },
    { mood: 'mixed', topic: 'app', text: '小程序挺方便的,就是老要重新登录。' },
    { mood: 'mixed', topic: 'store', text: '店很漂亮,周末排队太久了。' },
    { mood: 'bad', topic: 'delivery', text: '收到的{p}碎了,箱子都湿了,很失望。' },
    { mood: 'bad', topic: 'delivery', text: '等了十几天还没发货,客服也不回。' },
    { mood: 'bad', topic: 'product', text: '{p}盖子漏水,要求退款。' },
    { mood: 'bad', topic: 'service', text: '说有货,跑了一趟又说没有,太不靠谱了。' },
    { mood: 'bad', topic: 'app', text: '付款的时候一直闪退,不买了。' },
    { mood: 'bad', topic: 'price', text: '周四原价买的,周五就打八折,不合理。' },
  ],
};

/** One open question a survey asks, and what people answer. */
export const QUESTIONS: Record<Market, { question: string; answers: readonly string[] }> = {
  gb: {
    question: 'When you think of tea at home, which brands come to your mind?',
    answers: [
      'Moss & Kettle, of course',
      'Moss & Kettle and Hollow Leaf',
      'Hollow Leaf',
      'Whatever is in the supermarket',
      'Moss & Kettle first, then Old Harbour Tea',
      'Old Harbour Tea',
      'None really',
    ],
  },
  cn: {
    question: '说到在家喝茶,您会想到哪些品牌?',
    answers: [
      '苔与壶',
      '苔与壶,还有空谷茶舍',
      '空谷茶舍',
      '老字号茶庄',
      '超市里随便买',
      '苔与壶第一,其次是老字号',
      '没有特别的',
    ],
  },
};

export const IDEAS: Record<Market, readonly string[]> = {
  gb: [
    'A smaller gaiwan for one person',
    'Refill bags for the tins, please',
    'A tasting evening in Leith on Thursdays',
    'Sell the glaze seconds at a lower price',
    'A lid for the kettle that does not get hot',
    'Let us choose the teas in the calendar',
    'A quiet hour in the Soho shop',
    'Mend-it day: bring your chipped cups',
  ],
  cn: [
    '希望出单人小盖碗',
    '茶罐能出补充装吗',
    '徐汇店周四晚上办品茶会',
    '有小瑕疵的瓷器打折卖吧',
    '铁壶的提手加个隔热套',
    '茶历里的茶让我们自己选',
    '小程序里加一个拼单功能',
    '旧茶具回收计划',
  ],
};

export interface Article {
  readonly id: string;
  readonly kind: 'article' | 'video' | 'recipe';
  readonly topic: string;
  readonly title: Readonly<Record<Market, string>>;
}

export const ARTICLES: readonly Article[] = [
  {
    id: 'A01',
    kind: 'article',
    topic: 'Tea',
    title: { gb: 'Water first: why your tea tastes flat', cn: '好茶先好水' },
  },
  {
    id: 'A02',
    kind: 'video',
    topic: 'Tea',
    title: { gb: 'Gongfu brewing in six minutes', cn: '六分钟学会功夫茶' },
  },
  {
    id: 'A03',
    kind: 'article',
    topic: 'Tea',
    title: { gb: 'A day with the pickers of Wuyi', cn: '武夷采茶人的一天' },
  },
  { id: 'A04', kind: 'recipe', topic: 'Kitchen', title: { gb: 'Lapsang tea eggs', cn: '正山小种茶叶蛋' } },
  {
    id: 'A05',
    kind: 'article',
    topic: 'Teaware',
    title: { gb: 'How to season a clay pot', cn: '紫砂壶开壶指南' },
  },
  { id: 'A06', kind: 'video', topic: 'Teaware', title: { gb: 'In the kiln: ash glaze', cn: '窑火里的灰釉' } },
  {
    id: 'A07',
    kind: 'article',
    topic: 'Tableware',
    title: { gb: 'Laying a table for two', cn: '两个人的餐桌' },
  },
  {
    id: 'A08',
    kind: 'article',
    topic: 'Textiles',
    title: { gb: 'Linen: wash, dry, forget the iron', cn: '亚麻怎么洗' },
  },
  { id: 'A09', kind: 'recipe', topic: 'Kitchen', title: { gb: 'Jasmine panna cotta', cn: '茉莉奶冻' } },
  {
    id: 'A10',
    kind: 'article',
    topic: 'Gifts',
    title: { gb: 'What to bring when you are invited', cn: '登门带什么礼' },
  },
  { id: 'A11', kind: 'video', topic: 'Gifts', title: { gb: 'Wrapping without tape', cn: '不用胶带的包装' } },
  {
    id: 'A12',
    kind: 'article',
    topic: 'Tea',
    title: { gb: 'Does pu-erh really age?', cn: '普洱越陈越香吗' },
  },
];

export const SEARCHES: Record<Market, readonly string[]> = {
  gb: [
    'oolong',
    'teapot',
    'gift under 30',
    'green tea',
    'kettle',
    'linen',
    'matcha',
    'decaf',
    'ramen bowl',
    'advent',
  ],
  cn: ['普洱', '紫砂壶', '礼盒', '绿茶', '盖碗', '茶巾', '抹茶', '月饼', '对杯', '旅行茶具'],
};
