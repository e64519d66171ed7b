import type { ReactNode } from 'react';
import type { RuleBody } from './use-points.ts';

/** What a part of the form shows and changes. */
export interface Part {
  rule: RuleBody;
  onChange: (rule: RuleBody) => void;
}

/** One part of the sentence, a line of words and fields. */
export function Line({ children }: { children: ReactNode }) {
  return <div className="flex min-w-0 flex-wrap items-center gap-2">{children}</div>;
}
