import { accountOf, type Book, side } from './book.ts';
import { lookAnew, type Programme } from './programmes.ts';

/** Brings what all shards have to spare to the one of this batch, and the ratio up to the policy. */
export function gatherIn(book: Book, programme: Programme): void {
  const { treasury, shard, policy } = book;
  if (!treasury) return;
  let total = treasury.budget;
  if (treasury.ratio !== policy.ratio) {
    total += (policy.ratio - treasury.ratio) * (treasury.balances[side.reserve] ?? 0);
    treasury.ratio = policy.ratio;
  }
  treasury.budget = 0;
  treasury.changed = true;
  for (const id of programme.shards) {
    const one = accountOf(book, id);
    total += one.budget;
    one.budget = 0;
    one.changed = true;
  }
  shard.budget = total;
}

/** Shares out what may still be issued. Where it is less than nothing, every movement looks at all shards. */
export function handOut(book: Book, programme: Programme): void {
  const total = book.shard.budget;
  const share = total > 0 ? Math.floor(total / programme.shards.length) : 0;
  for (const id of programme.shards) {
    const one = accountOf(book, id);
    one.policy = total < 0 ? lookAnew : book.policyVersion;
    one.budget = share;
    one.changed = true;
  }
  book.shard.budget = total - share * (programme.shards.length - 1);
}
