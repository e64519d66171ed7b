/** The rows that statements by hand ask about: those of the table `resolved`, which has the `person` of each. */

export interface When {
  from: number;
  to: number;
}

export const ms = (time: number) => `fromUnixTimestamp64Milli(toInt64(${time}), 'UTC')`;
export const rows = ({ from, to }: When, more = '') =>
  `from resolved where workspace_id = 1 and contract = 0 and bot = 0 and time >= ${ms(from)} and time < ${ms(to)}${more}`;
export const before = ({ to }: When, more = '') =>
  `from resolved where workspace_id = 1 and contract = 0 and bot = 0 and time < ${ms(to)}${more}`;
export const purchase =
  " and type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1 and total > 0";
