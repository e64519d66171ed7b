import type { Outcome } from './intake.ts';
import type { Source } from './source.ts';

/** Messages of one source, as they came in one request or from one part of a file. */
export interface Ingest {
  workspaceId: number;
  source: Source;
  /** Shaped as the tracking API has them. */
  messages: readonly unknown[];
  receivedAt: Date;
  /** When the batch was sent, by the sender's clock, ms. */
  sentAt?: number | null;
  userAgent?: string;
  /** They fill reports and segments, and set off nothing. Events older than a day are so by themselves. */
  historical?: boolean;
  /** 32,000 at the public door; an import may have 1,000,000. */
  maxEventBytes?: number;
  /** What cannot be accepted is only told: it lies in quarantine already. */
  isReplay?: boolean;
}

export interface IngestAnswer {
  accepted: number;
  duplicates: number;
  quarantined: number;
  /** Counted but not stored: the person denied analytics, or was erased and may not come back by an import. */
  withheld: number;
  items: { outcome: Outcome; reason?: string; detail?: string }[];
}
