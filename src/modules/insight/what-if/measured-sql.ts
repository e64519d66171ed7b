import type { Asking } from '../report/define.ts';

const anOrder = "type = 'track' and event = 'Order Completed' and total > 0";

export interface MeasuredRow {
  visitors: string;
  buyers: string;
  repeaters: string;
  orders: string;
  basket: number | null;
  error: number | null;
  invited: string;
  invited_buyers: string;
}

/** Who came, who bought, who had bought before, and what an order was worth, of the period. */
export async function measured(asking: Asking, currency: string): Promise<MeasuredRow | undefined> {
  const { rows, ch, allInOrder } = asking;
  const [row] = await ch.query<MeasuredRow>(
    `select count() as visitors, countIf(bought > 0) as buyers, countIf(bought > 0 and before + bought > 1) as repeaters,
            sum(n) as orders, if(orders > 0, sum(paid) / orders, null) as basket,
            if(orders > 1, sqrt(greatest(sum(squares) / orders - pow(sum(paid) / orders, 2), 0) / (orders - 1)), null) as error,
            countIf(accepted) as invited, countIf(accepted and bought > 0) as invited_buyers
       from (
         select ${rows.who} as who, sum(k_came) as came, sum(k_bought) as bought, sum(k_before) as before, sum(k_n) as n,
                sum(k_paid) as paid, sum(k_squares) as squares, sum(k_accepted) > 0 as accepted
           from (
             select key, any(person) as person, countIf(is_now) as k_came, countIf(is_now and ${anOrder}) as k_bought,
                    countIf(not is_now and ${anOrder}) as k_before, countIf(is_now and ${anOrder} and currency = {currency:String}) as k_n,
                    sumIf(toFloat64(assumeNotNull(total)), is_now and ${anOrder} and currency = {currency:String}) as k_paid,
                    sumIf(pow(toFloat64(assumeNotNull(total)), 2), is_now and ${anOrder} and currency = {currency:String}) as k_squares,
                    countIf(is_now and type = 'track' and event = 'Invite Accepted') as k_accepted
               from (select *, time >= ${rows.from} as is_now from events where ${rows.where} and ${rows.untilEnd})
              group by key)
          group by who having ${rows.isMeant} and came > 0)${allInOrder}`,
    { ...rows.params, currency },
  );
  return row;
}
