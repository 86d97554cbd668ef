import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '~/api/session';
import { parseAuditSearch, type AuditSearch } from '~/features/audit-logs/search';
import { parseQueryString, toQueryString } from '~/lib/query-string';
import { safeNext } from '~/lib/safe-next';
import { Frame } from './frame';
import { FailedPage, NoOrgPage, NotFoundPage } from './fallback-pages';
import { AuditLogsRoute } from './pages/audit-logs';
import { DownloadsRoute } from './pages/downloads';
import { IntegrationsRoute } from './pages/integrations';
import { S3Route } from './pages/s3';
import { SignInRoute } from './pages/sign-in';

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: FailedPage });

// Whatever needs a person: without one the way leads over the sign-in page and back.
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.query({ ...sessionQuery, staleTime: 'static' });
    if (!session) throw redirect({ to: '/sign-in', search: { next: safeNext(location.href) }, replace: true });
    return { session };
  },
});

const start = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: ({ context }) => {
    const first = context.session.orgs[0];
    if (first) throw redirect({ to: '/orgs/$org/settings/audit-logs', params: { org: first.id }, replace: true });
  },
  component: NoOrgPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { next?: string } => (typeof raw['next'] === 'string' ? { next: raw['next'] } : {}),
  component: SignInRoute,
});

const org = createRoute({ getParentRoute: () => signedIn, path: '/orgs/$org', component: Frame });

const toAuditLogs = {
  beforeLoad: ({ params }: { params: { org: string } }) => {
    throw redirect({ to: '/orgs/$org/settings/audit-logs', params, replace: true });
  },
};
const orgStart = createRoute({ getParentRoute: () => org, path: '/', ...toAuditLogs });
const settings = createRoute({ getParentRoute: () => org, path: '/settings', ...toAuditLogs });

const auditLogs = createRoute({
  getParentRoute: () => org,
  path: '/settings/audit-logs',
  validateSearch: (raw: Record<string, unknown>): AuditSearch => parseAuditSearch(raw),
  component: AuditLogsRoute,
});
const downloads = createRoute({ getParentRoute: () => org, path: '/settings/audit-logs/downloads', component: DownloadsRoute });
const integrations = createRoute({ getParentRoute: () => org, path: '/settings/integrations', component: IntegrationsRoute });
const s3 = createRoute({ getParentRoute: () => org, path: '/settings/integrations/s3', component: S3Route });

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([start, org.addChildren([orgStart, settings, auditLogs, downloads, integrations, s3])]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    parseSearch: parseQueryString,
    stringifySearch: toQueryString,
    defaultPreload: false,
    // The list scrolls by itself; scroll restoration would write an inline script for servers that render.
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
