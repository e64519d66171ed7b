export const snippetKinds = ['web', 'server', 'till'] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** A few lines that send a first event here, to be copied. `origin` is where the console itself was opened. */
export function snippet(kind: SnippetKind, origin: string, writeKey: string): string {
  if (kind === 'web') {
    return `import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load({ writeKey: '${writeKey}', cdnURL: '${origin}' });

analytics.page();
analytics.track('Product Viewed', { product_id: 'tea-1', name: 'Oolong', price: 12 });`;
  }
  if (kind === 'server') {
    return `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${origin}' });

analytics.track({
  userId: 'u_1',
  event: 'Order Completed',
  properties: { order_id: 'A-1', total: '24.00', currency: 'GBP' },
});
await analytics.closeAndFlush();`;
  }
  const body = {
    userId: 'u_1',
    event: 'Order Completed',
    properties: { order_id: 'R-1', total: '9.50', currency: 'GBP', store_id: 'leith', channel: 'store' },
  };
  return `curl ${origin}/v1/track \\
  -u '${writeKey}:' \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(body, null, 2)}'`;
}
