import { expect, test } from 'vitest';
import { HOUR_MS } from './calendar.ts';
import { beginsRound, parcelsOf } from './parcel.ts';
import type { Delivery } from './post.ts';

const t0 = Date.UTC(2026, 5, 1, 12);

function delivery(
  arrivedAfterMs: number,
  o: { touchpoint?: Delivery['touchpoint']; aheadMs?: number; bot?: string } = {},
): Delivery {
  const arrivedAt = t0 + arrivedAfterMs;
  const timestamp = new Date(arrivedAt - 100 + (o.aheadMs ?? 0)).toISOString();
  return {
    arrivedAt,
    sentAt: arrivedAt - 15 + (o.aheadMs ?? 0),
    touchpoint: o.touchpoint ?? 'web',
    message: {
      messageId: String(arrivedAfterMs),
      type: 'track',
      event: 'x',
      timestamp,
      context: { userAgent: o.bot },
    },
    person: o.bot ? -1 : 1,
    ids: [],
  };
}

test('a round is an hour at most', () => {
  const round = [delivery(0), delivery(1000)];
  expect(beginsRound(round, delivery(HOUR_MS - 1))).toBe(false);
  expect(beginsRound(round, delivery(HOUR_MS))).toBe(true);
  expect(beginsRound([], delivery(0))).toBe(false);
  expect(
    beginsRound(
      Array.from({ length: 400 }, () => delivery(0)),
      delivery(0),
    ),
  ).toBe(true);
});

test('a parcel is of one source and one crawler, and received when its last message was', () => {
  const parcels = parcelsOf([
    delivery(0),
    delivery(5, { touchpoint: 'app' }),
    delivery(10),
    delivery(20, { bot: 'Googlebot' }),
  ]);
  expect(parcels.map((p) => [p.touchpoint, p.messages.length, p.receivedAt - t0, p.userAgent])).toEqual([
    ['web', 2, 10, undefined],
    ['app', 1, 5, undefined],
    ['web', 1, 20, 'Googlebot'],
  ]);
});

test.each([0, HOUR_MS, -5 * HOUR_MS, 400 * 24 * HOUR_MS])(
  'with a clock %d ms ahead, the rule of Segment gives the true time',
  (aheadMs) => {
    const [parcel] = parcelsOf([delivery(0, { aheadMs }), delivery(40 * 60_000)]);
    const [message] = parcel?.messages ?? [];
    const { timestamp, sentAt } = message as { timestamp: string; sentAt?: string };
    const happened =
      sentAt === undefined
        ? Date.parse(timestamp)
        : (parcel?.receivedAt ?? 0) - (Date.parse(sentAt) - Date.parse(timestamp));
    expect(Math.abs(happened - (t0 - 100))).toBeLessThan(50);
    expect(sentAt === undefined).toBe(aheadMs === 0);
  },
);
