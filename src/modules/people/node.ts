/** 0 links, 1 retired, 2 past its limit, 3 shared device, 4 blocked. */
export type State = 0 | 1 | 2 | 3 | 4;

/** The newest answer by purpose: whether it was granted, when (ms), and on which version of the text. */
export type Answers = Record<string, [granted: boolean, at: number, textVersion?: string]>;

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
  consent: Answers | null;
}

/** Of what a person's identifiers say about a purpose the newest; at the same moment a refusal outweighs a yes. */
export function newestAnswer(
  members: readonly { consent: Answers | null }[],
  purpose: string,
): Answers[string] | undefined {
  let newest: Answers[string] | undefined;
  for (const { consent } of members) {
    const answer = consent && Object.hasOwn(consent, purpose) ? consent[purpose] : undefined;
    if (!answer) continue;
    if (!newest || answer[1] > newest[1] || (answer[1] === newest[1] && !answer[0])) newest = answer;
  }
  return newest;
}
