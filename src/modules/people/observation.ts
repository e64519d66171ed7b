import type { Named } from './identifier.ts';

/** What one event says about who it was. Identifiers are in normal form, strongest first, at least one. */
export interface Observation {
  identifiers: readonly Named[];
  /** The event's own time, in ms. */
  at: number;
  messageId: string;
  sourceId: number;
  rule: 'event' | 'identify' | 'alias';
  /** With the rule `alias`: the identifier that takes the place of `identifiers[0]`'s older one. */
  alias?: { from: Named; to: Named };
  consent?: ConsentAnswer;
}

export interface ConsentAnswer {
  purposes: Readonly<Record<string, boolean>>;
  source: string;
  textVersion?: string;
}

export interface Resolved {
  /** The key of the strongest identifier: the event belongs to it for ever. */
  key: number;
  /** The person's key as of now. */
  person: number;
  /** What the person said about `analytics`; null where nobody asked. */
  denied: boolean | null;
}
