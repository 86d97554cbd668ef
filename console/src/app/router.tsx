import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { parseQueryString, toQueryString } from '~/lib/query-string';
import { NoOrgPage } from './fallback-pages';
import { account, root, signedIn } from './routes/base';
import { operatorRoutes } from './routes/operators';
import { orgRoutes } from './routes/org';
import { publicRoutes } from './routes/public';

const start = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: ({ context }) => {
    const first = context.session.orgs[0];
    if (first) throw redirect({ to: '/orgs/$org/settings/audit-logs', params: { org: first.id }, replace: true });
    if (context.session.operator) throw redirect({ to: '/operators', replace: true });
  },
  component: NoOrgPage,
});

const tree = root.addChildren([...publicRoutes, signedIn.addChildren([start, account, orgRoutes, operatorRoutes])]);

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
