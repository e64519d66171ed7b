import type { Market } from './brand.ts';

/** What the brand sells. Prices are whole pence and fen: money is never a float here. */
export interface Product {
  readonly id: string;
  readonly index: number;
  readonly sku: string;
  readonly name: Readonly<Record<Market, string>>;
  readonly category: Category;
  readonly minor: Readonly<Record<Market, number>>;
  /** Where it stands in a store: index into a store's zones, taken modulo their number. */
  readonly zone: number;
}

export type Category = 'Tea' | 'Teaware' | 'Tableware' | 'Textiles' | 'Kitchen' | 'Gifts';

export const CATEGORIES: readonly Category[] = [
  'Tea',
  'Teaware',
  'Tableware',
  'Textiles',
  'Kitchen',
  'Gifts',
];

/** How often what is bought comes back, by category: linen disappoints more often than tea. */
export const RETURN_RATE: Record<Category, number> = {
  Tea: 0.02,
  Teaware: 0.07,
  Tableware: 0.09,
  Textiles: 0.16,
  Kitchen: 0.08,
  Gifts: 0.05,
};

type Row = readonly [en: string, zh: string, pence: number, fen: number];

const ROWS: Record<Category, readonly Row[]> = {
  Tea: [
    ['Misty Peak green tea 100 g', '云雾绿茶 100克', 1250, 9800],
    ['Wild Tree pu-erh cake 357 g', '古树普洱茶饼 357克', 4200, 36800],
    ['Smoked lapsang 80 g', '正山小种 80克', 990, 8800],
    ['Honey orchid oolong 60 g', '蜜兰香单丛 60克', 1850, 15800],
    ['Silver needle white tea 50 g', '白毫银针 50克', 2400, 19800],
    ['Morning Moss breakfast blend 200 g', '苔晨早餐红茶 200克', 890, 7800],
    ['Jasmine pearls 80 g', '茉莉龙珠 80克', 1450, 11800],
    ['Chamomile and hay 60 g', '洋甘菊花草茶 60克', 750, 6800],
    ['Roasted barley tea 250 g', '烘焙大麦茶 250克', 620, 5200],
    ['Tin of twelve tastings', '十二味茶样罐', 2950, 23800],
  ],
  Teaware: [
    ['Yixing clay teapot 180 ml', '宜兴紫砂壶 180毫升', 8900, 78000],
    ['Glass pot with strainer 600 ml', '玻璃滤茶壶 600毫升', 3400, 26800],
    ['Gaiwan, celadon', '青瓷盖碗', 2600, 19800],
    ['Cast iron kettle 1.2 l', '铸铁壶 1.2升', 9800, 85800],
    ['Cup pair, ash glaze', '灰釉对杯', 2800, 22800],
    ['Bamboo tea tray', '竹制茶盘', 4500, 32800],
    ['Tea scoop, walnut', '胡桃木茶则', 1100, 8800],
    ['Travel tea set in a pouch', '旅行茶具套装', 3900, 29800],
  ],
  Tableware: [
    ['Dinner plate, moss glaze', '苔釉餐盘', 2200, 17800],
    ['Ramen bowl, speckled', '麻点面碗', 1900, 14800],
    ['Set of four small dishes', '小碟四件套', 2400, 18800],
    ['Water jug, sea glass', '海玻璃水壶', 3200, 24800],
    ['Serving board, oak', '橡木拼盘板', 3600, 27800],
    ['Chopstick rests, pebble', '卵石筷架', 900, 6800],
  ],
  Textiles: [
    ['Linen table runner', '亚麻桌旗', 2900, 22800],
    ['Waffle tea towels, three', '华夫格茶巾三条', 1800, 13800],
    ['Quilted kettle cosy', '绗缝壶套', 1600, 12800],
    ['Wool throw, lichen', '地衣绿羊毛毯', 8500, 69800],
    ['Indigo apron', '靛蓝围裙', 3800, 28800],
    ['Cushion cover, fern', '蕨叶抱枕套', 2600, 19800],
  ],
  Kitchen: [
    ['Gooseneck kettle, electric', '细口电水壶', 7900, 62800],
    ['Kitchen scale with timer', '计时厨房秤', 3300, 25800],
    ['Airtight canister, steel', '不锈钢密封罐', 1700, 12800],
    ['Bread bin, enamel', '搪瓷面包箱', 4400, 33800],
    ['Milk frother', '奶泡器', 2500, 18800],
    ['Pour-over stand', '手冲支架', 4100, 31800],
  ],
  Gifts: [
    ['Winter hamper', '冬日礼篮', 6500, 52800],
    ['First flush gift box', '头采礼盒', 4800, 39800],
    ['Mooncake and oolong box', '月饼乌龙礼盒', 3900, 32800],
    ['Tea calendar, 24 days', '二十四日茶历', 5500, 42800],
    ['Gift card', '礼品卡', 2500, 20000],
    ['Repair-me kintsugi kit', '金缮修补套装', 3100, 23800],
  ],
};

export const PRODUCTS: readonly Product[] = CATEGORIES.flatMap((category, zone) =>
  ROWS[category].map(([en, zh, pence, fen]) => ({ category, zone, en, zh, pence, fen })),
).map(({ category, zone, en, zh, pence, fen }, index) => ({
  id: `P${String(index + 1).padStart(3, '0')}`,
  index,
  sku: `MK-${category.slice(0, 3).toUpperCase()}-${String(index + 1).padStart(3, '0')}`,
  name: { gb: en, cn: zh },
  category,
  minor: { gb: pence, cn: fen },
  zone: zone + 1,
}));

export const BY_CATEGORY: Readonly<Record<Category, readonly Product[]>> = Object.fromEntries(
  CATEGORIES.map((category) => [category, PRODUCTS.filter((product) => product.category === category)]),
) as unknown as Record<Category, readonly Product[]>;

/** 1250 -> "12.50" */
export function decimal(minor: number): string {
  const rest = minor % 100;
  return `${(minor - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`;
}
