import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import type { SourceKind } from './api/types.ts';
import { auditSearch } from './audit/search.ts';
import { channels } from './events/channels.ts';
import { Inside } from './frame/inside.tsx';
import { Lost } from './frame/lost.tsx';
import { readAddress, wholeAddress } from './kit/address.ts';
import { isPeriod, type Period } from './kit/period.tsx';
import { peopleAddress } from './people/address.ts';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** The address holds the state, so that any view can be sent to a colleague. */
const rootRoute = createRootRoute({
  validateSearch: (search: Record<string, unknown>): { workspace?: string } => {
    const workspace = text(search.workspace);
    return workspace ? { workspace } : {};
  },
  search: { middlewares: [retainSearchParams(['workspace'])] },
  notFoundComponent: Lost,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const to = text(search.to);
    // Only to a page of ours.
    return to && /^\/(?![/\\])/.test(to) ? { to } : {};
  },
  component: lazyRouteComponent(() => import('./sign-in/sign-in.tsx')),
});

/** A board for somebody without a login. */
const sharedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/shared',
  component: lazyRouteComponent(() => import('./boards/shared.tsx')),
});

const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  component: Inside,
  validateSearch: (search: Record<string, unknown>): { period?: Period } =>
    isPeriod(search.period) ? { period: search.period } : {},
});
const getParentRoute = () => inside;

const homeRoute = createRoute({
  getParentRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home.tsx')),
});

const peopleRoute = createRoute({
  getParentRoute,
  path: '/people',
  validateSearch: (search: Record<string, unknown>) => readAddress(search, peopleAddress),
  component: lazyRouteComponent(() => import('./people/people.tsx')),
});

const personRoute = createRoute({
  getParentRoute,
  path: '/people/$id',
  validateSearch: (search: Record<string, unknown>) => readAddress(search, ['why']),
  component: lazyRouteComponent(() => import('./people/person.tsx')),
});

interface EventsSearch {
  name?: string | undefined;
  source?: string | undefined;
  channel?: SourceKind | undefined;
  person?: string | undefined;
  bots?: 'yes' | undefined;
  /** The message id of the one that is opened. */
  event?: string | undefined;
}

const segmentsRoute = createRoute({
  getParentRoute,
  path: '/segments',
  component: lazyRouteComponent(() => import('./segments/list.tsx')),
});

const newSegmentRoute = createRoute({
  getParentRoute,
  path: '/segments/new',
  validateSearch: (search: Record<string, unknown>): { template?: string; rule?: string } => {
    const { template, rule } = wholeAddress(search);
    return { ...(template ? { template } : {}), ...(rule ? { rule } : {}) };
  },
  component: lazyRouteComponent(() => import('./segments/build.tsx')),
});

const computedRoute = createRoute({
  getParentRoute,
  path: '/segments/computed',
  component: lazyRouteComponent(() => import('./segments/computed-page.tsx')),
});

const segmentRoute = createRoute({
  getParentRoute,
  path: '/segments/$id',
  validateSearch: (search: Record<string, unknown>) => readAddress(search, ['why']),
  component: lazyRouteComponent(() => import('./segments/segment.tsx')),
});

const editSegmentRoute = createRoute({
  getParentRoute,
  path: '/segments/$id/edit',
  component: lazyRouteComponent(() => import('./segments/build-edit.tsx')),
});

const reportsRoute = createRoute({
  getParentRoute,
  path: '/reports',
  component: lazyRouteComponent(() => import('./insight/reports.tsx')),
});

/** The whole question stands in the address; which parts it has, each report says. */
const reportRoute = createRoute({
  getParentRoute,
  path: '/reports/$report',
  validateSearch: (search: Record<string, unknown>): object => wholeAddress(search),
  component: lazyRouteComponent(() => import('./insight/report.tsx')),
});

const boardsRoute = createRoute({
  getParentRoute,
  path: '/boards',
  component: lazyRouteComponent(() => import('./boards/boards.tsx')),
});

const boardRoute = createRoute({
  getParentRoute,
  path: '/boards/$id',
  component: lazyRouteComponent(() => import('./boards/board.tsx')),
});
const pointsSearch = (search: Record<string, unknown>) => readAddress(search, ['programme', 'side']);
const pointsRoutes = [
  createRoute({
    getParentRoute,
    path: '/points',
    validateSearch: pointsSearch,
    component: lazyRouteComponent(() => import('./points/points.tsx')),
  }),
  createRoute({
    getParentRoute,
    path: '/points/rules/new',
    validateSearch: pointsSearch,
    component: lazyRouteComponent(() => import('./points/rule-page.tsx'), 'NewRule'),
  }),
  createRoute({
    getParentRoute,
    path: '/points/rules/$id',
    component: lazyRouteComponent(() => import('./points/rule-page.tsx'), 'OneRule'),
  }),
] as const;

const eventsRoute = createRoute({
  getParentRoute,
  path: '/events',
  validateSearch: (search: Record<string, unknown>): EventsSearch => {
    const [name, source, person] = [text(search.name), text(search.source), text(search.person)];
    const [channel, event] = [channels.find((one) => one === search.channel), text(search.event)];
    return {
      ...(event ? { event } : {}),
      ...(name ? { name } : {}),
      ...(source ? { source } : {}),
      ...(channel ? { channel } : {}),
      ...(person ? { person } : {}),
      ...(search.bots === 'yes' ? { bots: 'yes' } : {}),
    };
  },
  component: lazyRouteComponent(() => import('./events/events.tsx')),
});

const quarantineRoute = createRoute({
  getParentRoute,
  path: '/quarantine',
  validateSearch: (search: Record<string, unknown>): { reason?: string } => {
    const reason = text(search.reason);
    return reason ? { reason } : {};
  },
  component: lazyRouteComponent(() => import('./events/quarantine.tsx')),
});

const conflictsRoute = createRoute({
  getParentRoute,
  path: '/conflicts',
  component: lazyRouteComponent(() => import('./conflicts/conflicts.tsx')),
});

const sourcesRoute = createRoute({
  getParentRoute,
  path: '/sources',
  component: lazyRouteComponent(() => import('./sources/sources.tsx')),
});

const importsRoute = createRoute({
  getParentRoute,
  path: '/imports',
  component: lazyRouteComponent(() => import('./imports/imports.tsx')),
});

const newImportRoute = createRoute({
  getParentRoute,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('./imports/new-import.tsx')),
});

const importRoute = createRoute({
  getParentRoute,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./imports/one-import.tsx')),
});
const settingsRoute = createRoute({
  getParentRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/layout.tsx')),
});
const inSettings = () => settingsRoute;

const settingsRoutes = [
  createRoute({
    getParentRoute: inSettings,
    path: '/',
    component: lazyRouteComponent(() => import('./settings/general.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/consent',
    component: lazyRouteComponent(() => import('./settings/consent.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/path',
    component: lazyRouteComponent(() => import('./settings/path.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/people',
    component: lazyRouteComponent(() => import('./settings/people.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/value',
    component: lazyRouteComponent(() => import('./settings/value.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/data',
    component: lazyRouteComponent(() => import('./settings/data.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/team',
    component: lazyRouteComponent(() => import('./team/team.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/keys',
    component: lazyRouteComponent(() => import('./keys/keys.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/webhooks',
    validateSearch: (search: Record<string, unknown>) => readAddress(search, ['webhook', 'state']),
    component: lazyRouteComponent(() => import('./webhooks/webhooks.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/audit',
    validateSearch: auditSearch,
    component: lazyRouteComponent(() => import('./audit/audit.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/account',
    component: lazyRouteComponent(() => import('./account/account.tsx')),
  }),
  createRoute({
    getParentRoute: inSettings,
    path: '/sessions',
    component: lazyRouteComponent(() => import('./sessions/sessions.tsx')),
  }),
] as const;

const kitRoute = createRoute({
  getParentRoute,
  path: '/kit',
  validateSearch: (search: Record<string, unknown>) =>
    readAddress(search, ['sort', 'columns', 'filter', 'kind', 'seen', 'city', 'trait']),
  component: lazyRouteComponent(() => import('./kit/show.tsx')),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  sharedRoute,
  inside.addChildren([
    homeRoute,
    peopleRoute,
    personRoute,
    segmentsRoute,
    newSegmentRoute,
    computedRoute,
    segmentRoute,
    editSegmentRoute,
    reportsRoute,
    reportRoute,
    boardsRoute,
    boardRoute,
    ...pointsRoutes,
    eventsRoute,
    quarantineRoute,
    conflictsRoute,
    sourcesRoute,
    importsRoute,
    newImportRoute,
    importRoute,
    settingsRoute.addChildren(settingsRoutes),
    kitRoute,
  ]),
]);

export function createConsoleRouter() {
  return createRouter({ routeTree, defaultPreload: 'intent', scrollRestoration: true });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
