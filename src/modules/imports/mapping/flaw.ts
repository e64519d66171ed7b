/** A row that cannot become what the mapping says; the message tells the person who has to mend it. */
export class Flaw extends Error {
  override readonly name = 'Flaw';
  /** Which of the rows that were put together, from 0. */
  row = 0;
}
