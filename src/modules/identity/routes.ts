import type { App } from '#platform/http';
import { auditRoutes } from './audit/routes.ts';
import { keyRoutes } from './credentials/key-routes.ts';
import { sessionRoutes } from './credentials/session-routes.ts';
import type { Identity } from './door.ts';
import { linkPages } from './team/link-page.ts';
import { linkRoutes } from './team/link-routes.ts';
import { teamRoutes } from './team/routes.ts';
import { workspaceRoutes } from './workspaces/routes.ts';

/** All routes of this module; after every module has registered its settings, so that they are documented. */
export function identityRoutes(app: App, identity: Identity): void {
  sessionRoutes(app, identity);
  keyRoutes(app, identity);
  teamRoutes(app, identity);
  linkRoutes(app, identity);
  linkPages(app);
  workspaceRoutes(app, identity);
  auditRoutes(app, identity);
}
