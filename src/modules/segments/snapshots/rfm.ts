import type { ClickHouse } from '#platform/clickhouse';
import type { SnapshotKind } from './kind.ts';
import { rfmStatement, usualCurrency } from './rfm-sql.ts';

const fifths = (name: string, en: string, zh: string) =>
  ({ name, kind: 'number', label: { en, zh } }) as const;

/** The ten usual groups by recency and frequency. */
const groups = [
  ['champions', 'champions', '冠军客户'],
  ['loyal', 'loyal', '忠诚客户'],
  ['potential_loyalist', 'potential loyalist', '潜在忠诚'],
  ['new', 'new', '新客户'],
  ['promising', 'promising', '有希望'],
  ['need_attention', 'need attention', '需要关注'],
  ['about_to_sleep', 'about to sleep', '即将沉睡'],
  ['at_risk', 'at risk', '有流失风险'],
  ['cant_lose', 'can’t lose', '不能失去'],
  ['hibernating', 'hibernating', '沉睡'],
] as const;

/** Recency, frequency and money of everybody who bought, in fifths; of the currency that is set, else of the usual one. */
export function rfm(ch: ClickHouse): SnapshotKind {
  return {
    name: 'rfm',
    values: [
      fifths('rfm_recency', 'Recency, 1 to 5', '最近一次消费（1 至 5）'),
      fifths('rfm_frequency', 'Frequency, 1 to 5', '消费频率（1 至 5）'),
      fifths('rfm_money', 'Money, 1 to 5', '消费金额（1 至 5）'),
      {
        name: 'rfm_group',
        kind: 'text',
        label: { en: 'RFM group', zh: 'RFM 分组' },
        options: groups.map(([value, en, zh]) => ({ value, label: { en, zh } })),
      },
    ],
    async statement({ workspaceId, position, now, settings }) {
      const set = settings.currency;
      const currency = typeof set === 'string' ? set : await usualCurrency(ch, { workspaceId, now });
      return rfmStatement({ workspaceId, position, now, currency: currency ?? '' });
    },
  };
}
