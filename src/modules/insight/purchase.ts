/** An order, as SQL; the last expression is that of the projection, in which orders stand together. */
export const anOrder =
  "type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1";

/** An order that was paid for: returns and orders over nothing are none. */
export const aPurchase = `${anOrder} and ifNull(total > 0, 0)`;
