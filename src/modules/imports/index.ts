export { createImports, type Imports, type ImportsDeps } from './imports.ts';
export { importRoutes } from './routes.ts';
