export { webhookRoutes } from './routes.ts';
export type { Offer, Webhooks } from './webhooks.ts';
export { createWebhooks } from './webhooks.ts';
