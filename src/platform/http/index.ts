export type { App } from './app.ts';
export { closeWithin, createHttp } from './create.ts';
export type { Part } from './health.ts';
export { operationRoutes } from './health.ts';
export { byBoardLink, byBrowserOrKey, byWriteKey } from './openapi.ts';
export { problem } from './problem.ts';
export type { RateLimiter } from './rate-limit.ts';
export { createRateLimiter, limitRate } from './rate-limit.ts';
export { acceptUploads, rawBodies } from './uploads.ts';
