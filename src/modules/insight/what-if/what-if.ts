import Type from 'typebox';
import { defineReport } from '../report/define.ts';
import { measured } from './measured-sql.ts';
import { reachOf, type Uncertain, usualCommunity, usualShop, whatIf, withCommunity } from './model.ts';
import { WhatIfReport } from './schema.ts';

const Share = (what: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: what }));
const Positive = (what: string, maximum = 1e9) =>
  Type.Optional(Type.Number({ minimum: 0, maximum, description: what }));
const seed = 27_930;

export const whatIfReport = defineReport({
  name: 'what-if',
  summary: 'A traditional shop against one with a community: visitors x conversion x basket x repurchase',
  parameters: {
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    measured: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'The brand’s own rates of the period instead of the defaults',
      }),
    ),
    visitors: Positive('100 unless given'),
    conversion: Share('5% unless given'),
    basket: Positive('1,000 unless given'),
    repurchase: Share('10% unless given'),
    conversion_times: Positive('What a community makes of conversion: 5 unless given', 100),
    basket_times: Positive('1.3 unless given', 100),
    repurchase_times: Positive('5 unless given', 100),
    contacts: Positive('How many people everybody knows: 30 unless given', 1000),
  },
  result: WhatIfReport,
  async count(asking, own) {
    const currency = own.currency ?? asking.currency;
    const row = await measured(asking, currency);
    const n = (name: 'visitors' | 'buyers' | 'repeaters' | 'orders' | 'invited' | 'invited_buyers') =>
      Number(row?.[name] ?? 0);
    const [visitors, buyers, repeaters] = [n('visitors'), n('buyers'), n('repeaters')];
    // Own rates can stand in only where there are any.
    const isMeasured = (own.measured ?? false) && visitors > 0;
    const uncertain: Uncertain = isMeasured
      ? {
          ...(own.conversion === undefined ? { conversion: { part: buyers, of: visitors } } : {}),
          ...(own.repurchase === undefined && buyers > 0
            ? { repurchase: { part: repeaters, of: buyers } }
            : {}),
          ...(own.basket === undefined && typeof row?.basket === 'number'
            ? { basket: { value: row.basket, error: row.error ?? 0 } }
            : {}),
        }
      : {};
    const shop = {
      visitors: own.visitors ?? (isMeasured ? visitors : usualShop.visitors),
      conversion: own.conversion ?? (uncertain.conversion ? buyers / visitors : usualShop.conversion),
      basket: own.basket ?? uncertain.basket?.value ?? usualShop.basket,
      repurchase: own.repurchase ?? (uncertain.repurchase ? repeaters / buyers : usualShop.repurchase),
    };
    const community = {
      conversionTimes: own.conversion_times ?? usualCommunity.conversionTimes,
      basketTimes: own.basket_times ?? usualCommunity.basketTimes,
      repurchaseTimes: own.repurchase_times ?? usualCommunity.repurchaseTimes,
      contacts: own.contacts ?? usualCommunity.contacts,
    };
    const told = whatIf(shop, community, uncertain, seed);
    const reach = reachOf(community.contacts);
    return {
      currency,
      shop,
      community: {
        conversion_times: community.conversionTimes,
        basket_times: community.basketTimes,
        repurchase_times: community.repurchaseTimes,
        contacts: community.contacts,
      },
      with_community: withCommunity(shop, community),
      traditional_revenue: told.traditional,
      community_revenue: told.community,
      ranges: { conversion: told.conversion, basket: told.basket, repurchase: told.repurchase },
      reach,
      reach_total: reach.reduce((sum, people) => sum + people, 0),
      measured: {
        ...{ visitors, buyers, repeaters, orders: n('orders') },
        basket: row?.basket ?? null,
        basket_error: row?.error ?? null,
        invited: { people: n('invited'), buyers: n('invited_buyers') },
        used: isMeasured,
      },
    };
  },
  lines: (result) => ({
    head: ['what', 'value', 'low', 'high'],
    lines: [
      ['traditional', ...valuesOf(result.traditional_revenue)],
      ['community', ...valuesOf(result.community_revenue)],
      ...result.reach.map((people, i) => [`degree ${i + 1}`, people, null, null]),
    ],
  }),
});

const valuesOf = ({ value, low, high }: { value: number; low: number; high: number }) => [value, low, high];
