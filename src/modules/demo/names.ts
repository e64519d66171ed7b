/** Invented people's names. Chinese names come with their spelling in Latin letters, for e-mail addresses. */
export const GIVEN = (
  'Ann Amelia Arjun Beth Callum Charlotte Daniel Dev Eilidh Ella Emma Ewan Fatima Fiona Freya George Grace ' +
  'Hamish Hannah Harry Imogen Isla Jack Jamie Jess Joseph Kate Kofi Laura Leo Lewis Lucy Maeve Marcus Maya ' +
  'Megan Mia Mohammed Morag Nadia Niamh Nina Oliver Oscar Owen Patrick Poppy Priya Rachel Rhys Rory Rosa ' +
  'Ruth Sam Sana Scott Simon Sofia Tariq Tess Theo Tom Una Victor Wren Yusuf Zara Zoë'
).split(' ');

export const FAMILY = (
  'Adams Ahmed Allan Anderson Bailey Baker Bell Bennett Brown Campbell Carter Chen Clarke Cooper Cox Davies ' +
  'Dixon Edwards Ellis Evans Ferguson Fox Fraser Gibson Graham Grant Gray Green Griffiths Hall Harris Hill ' +
  'Hughes Hunter Iqbal Jackson James Johnson Jones Kaur Kelly Kerr Khan King Lawson Lee Lewis MacDonald ' +
  "Marshall Martin Mason Miller Mitchell Moore Morgan Morris Murphy Murray O'Neill Okafor Owens Palmer Parker " +
  'Patel Phillips Price Quinn Reid Richards Roberts Robinson Ross Scott Shah Shaw Singh Smith Stewart Taylor ' +
  'Thomas Thompson Walker Wallace Ward Watson White Williams Wilson Wood Wright Young'
).split(' ');

export const FAMILY_ZH: readonly (readonly [string, string])[] = [
  ['王', 'wang'],
  ['李', 'li'],
  ['张', 'zhang'],
  ['刘', 'liu'],
  ['陈', 'chen'],
  ['杨', 'yang'],
  ['黄', 'huang'],
  ['赵', 'zhao'],
  ['吴', 'wu'],
  ['周', 'zhou'],
  ['徐', 'xu'],
  ['孙', 'sun'],
  ['马', 'ma'],
  ['朱', 'zhu'],
  ['胡', 'hu'],
  ['郭', 'guo'],
  ['林', 'lin'],
  ['何', 'he'],
  ['高', 'gao'],
  ['欧阳', 'ouyang'],
];

export const GIVEN_ZH: readonly (readonly [string, string])[] = [
  ['静怡', 'jingyi'],
  ['子涵', 'zihan'],
  ['雨桐', 'yutong'],
  ['浩然', 'haoran'],
  ['欣妍', 'xinyan'],
  ['俊杰', 'junjie'],
  ['晓明', 'xiaoming'],
  ['婷', 'ting'],
  ['磊', 'lei'],
  ['芳', 'fang'],
  ['思远', 'siyuan'],
  ['佳琪', 'jiaqi'],
  ['宇航', 'yuhang'],
  ['梦瑶', 'mengyao'],
  ['志强', 'zhiqiang'],
  ['诗涵', 'shihan'],
  ['一诺', 'yinuo'],
  ['嘉豪', 'jiahao'],
  ['雪', 'xue'],
  ['明轩', 'mingxuan'],
  ['若曦', 'ruoxi'],
  ['海燕', 'haiyan'],
  ['文博', 'wenbo'],
  ['心怡', 'xinyi'],
];

export const CITIES = {
  gb: [
    'London',
    'London',
    'London',
    'Edinburgh',
    'Edinburgh',
    'Glasgow',
    'Bristol',
    'Leeds',
    'Manchester',
    'Bath',
  ],
  cn: ['上海', '上海', '上海', '杭州', '苏州', '北京', '成都', '南京'],
} as const;

/** Domains that are reserved for examples, so that no letter can ever reach anybody. */
export const MAIL_DOMAINS = {
  gb: ['mail.example.com', 'post.example.org', 'inbox.example.net', 'example.com'],
  cn: ['qq.example.com', '163.example.net', 'mail.example.com'],
} as const;
