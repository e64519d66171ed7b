/** 0 links, 1 retired, 2 past its limit, 3 shared device, 4 blocked. */
export type State = 0 | 1 | 2 | 3 | 4;

/** What ingestion needs to know of an identifier. One object an identifier within a batch. */
export interface Node {
  key: number;
  person: number;
  kind: string;
  value: string;
  state: State;
  contested: boolean;
  /** At least the number of identifiers it is tied to; null where nobody counted yet. */
  degree: number | null;
  denied: boolean | null;
  consent: Record<string, [boolean, number]> | null;
}
