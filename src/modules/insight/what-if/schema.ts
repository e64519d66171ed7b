import Type, { type Static } from 'typebox';

const Real = Type.Number();
const Range = Type.Object({ value: Real, low: Real, high: Real });
const Shop = Type.Object({ visitors: Real, conversion: Real, basket: Real, repurchase: Real });

/** What a community would make of a shop. */
export const WhatIfReport = Type.Object({
  currency: Type.String(),
  shop: Shop,
  community: Type.Object({
    conversion_times: Real,
    basket_times: Real,
    repurchase_times: Real,
    contacts: Real,
  }),
  with_community: Shop,
  traditional_revenue: Range,
  community_revenue: Range,
  ranges: Type.Object({ conversion: Range, basket: Range, repurchase: Range }),
  reach: Type.Array(Real, { description: 'People of the first, second and third degree' }),
  reach_total: Real,
  measured: Type.Object(
    {
      visitors: Type.Integer({ description: 'People with any event in the period' }),
      buyers: Type.Integer(),
      repeaters: Type.Integer({ description: 'Buyers of the period for whom it was not the first purchase' }),
      orders: Type.Integer({ description: 'In this currency' }),
      basket: Type.Union([Type.Number(), Type.Null()]),
      basket_error: Type.Union([Type.Number(), Type.Null()]),
      invited: Type.Object({ people: Type.Integer(), buyers: Type.Integer() }),
      used: Type.Boolean({ description: 'true: these stand in the place of the defaults' }),
    },
    { description: 'What the brand’s own events say of the period' },
  ),
});
export type WhatIfReport = Static<typeof WhatIfReport>;
