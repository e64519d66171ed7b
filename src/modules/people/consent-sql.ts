import type { Tx } from '#platform/postgres';
import { numbers } from './sql.ts';

export interface NewConsent {
  key: number;
  purpose: string;
  granted: boolean;
  at: number;
  source: string;
  textVersion: string | null;
  messageId: string | null;
}

export async function insertConsents(
  tx: Tx,
  workspaceId: number,
  answers: readonly NewConsent[],
  now: Date,
): Promise<void> {
  if (answers.length === 0) return;
  await tx.query(
    `insert into consents (workspace_id, key, purpose, granted, at, source, text_version, message_id, received_at)
     select $1, k, p, g, to_timestamp(a / 1000.0), s, v, m, $2
       from unnest($3::bigint[], $4::text[], $5::boolean[], $6::float8[], $7::text[], $8::text[], $9::text[]) as t(k, p, g, a, s, v, m)`,
    [
      workspaceId,
      now,
      numbers(answers.map((answer) => answer.key)),
      answers.map((answer) => answer.purpose),
      answers.map((answer) => answer.granted),
      numbers(answers.map((answer) => answer.at)),
      answers.map((answer) => answer.source),
      answers.map((answer) => answer.textVersion),
      answers.map((answer) => answer.messageId),
    ],
  );
}
