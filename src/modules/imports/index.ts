export { createImports, type Imports } from './imports.ts';
export { importTopics } from './live.ts';
export { importRoutes } from './routes.ts';
