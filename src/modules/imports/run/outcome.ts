import type { Message } from '../mapping/record.ts';

/** What became of rows. */
export type Outcome =
  /** `bytes`: about how long the message is. */
  | { kind: 'event'; message: Message; bytes: number }
  /** A row that cannot be taken, with the reason for the person who has to mend it. `broken`: its cells are not sure. */
  | { kind: 'reject'; line: number; raw: string; reason: string; broken: boolean }
  /** Rows that were passed over on purpose. */
  | { kind: 'skip'; rows: number; reason: string };
