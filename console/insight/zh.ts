import boards from '../boards/zh.ts';
import attribution from './attribution/zh.ts';
import channels from './channels/zh.ts';
import cohorts from './cohorts/zh.ts';
import content from './content/zh.ts';
import funnel from './funnel/zh.ts';
import lifetime from './lifetime/zh.ts';
import paths from './paths/zh.ts';
import personas from './personas/zh.ts';
import products from './products/zh.ts';
import repurchase from './repurchase/zh.ts';
import stickiness from './stickiness/zh.ts';
import value from './value/zh.ts';
import layers from './value-layers/zh.ts';
import week from './week/zh.ts';
import whatIf from './what-if/zh.ts';

export default {
  title: '报告',
  answer: '一页只答一个问题，全部由您自己的事件算出。问题就写在网址里，可以直接发给同事。',
  groups: { now: '本周', path: '路径', back: '回头', bring: '人和订单从哪里来', value: '客户价值' },
  boards,
  all: '全部报告',
  copy: '复制链接',
  copied: '已复制带有这个问题的链接。',
  noCsv: '文件没有生成，请再试一次。',
  people: '这些人',
  none: '无',
  compared: '对比：{{value}}',
  partOf: '{{of}} 中的 {{part}}',
  nothing: '没有更多',
  rest: '其他',
  emptyTitle: '这段时间没有数据',
  emptyWhy: '在所选的时段和筛选条件下，没有人做过这些事。',
  aYear: '看一整年',
  widen: '去掉筛选',
  nothingYet: '您的品牌还没有任何数据',
  nothingYetWhy: '这份报告由事件算出。请先发送第一个事件，或导入以往的销售记录。',
  send: '发送第一个事件',
  asOf: '截至 {{time}}；数据量大的工作区每隔几分钟重新计算一次。',
  howCommon:
    '人按现在的身份计算：合并过的人算作一人。已知的爬虫、已被删除的人，以及拒绝分析的人留下的行为都不计入。筛选条件限定事件；选择人群则只看现在就在其中的人。带星号的灰色比例来自不足 30 人；把指针停在比例上，可以看到真实比例大概在什么范围（Wilson 区间，95%）。',
  filter: {
    segment: '人群',
    channel: '渠道',
    source: '数据源',
    store: '门店',
    storeHint: '事件里所带的门店编号',
    compare: '对比',
    before: '上一个时段',
    withSegment: '人群“{{name}}”',
  },
  value,
  reports: {
    attribution,
    channels,
    content,
    products,
    week,
    funnel,
    paths,
    cohorts,
    repurchase,
    stickiness,
    lifetime,
    'value-layers': layers,
    'what-if': whatIf,
    personas,
  },
};
