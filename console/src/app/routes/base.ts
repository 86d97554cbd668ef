import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '~/api/session';
import { FailedPage, NotFoundPage } from '~/app/fallback-pages';
import { safeNext } from '~/lib/safe-next';

export interface Context {
  queries: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: FailedPage });

// Whatever needs a person: without one the way leads over the sign-in page and back.
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.query({ ...sessionQuery, staleTime: 'static' });
    if (!session) throw redirect({ to: '/sign-in', search: { next: safeNext(location.href) }, replace: true });
    // Until then the server answers nothing else.
    if (session.second_factor_required && location.pathname !== '/account') {
      throw redirect({ to: '/account', search: { next: safeNext(location.href) }, replace: true });
    }
    return { session };
  },
});

export const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  validateSearch: (raw: Record<string, unknown>): { next?: string } => (typeof raw['next'] === 'string' ? { next: raw['next'] } : {}),
  component: lazyRouteComponent(() => import('~/app/pages/account'), 'AccountRoute'),
});

// Whatever belongs to one organization, inside its frame.
export const org = createRoute({
  getParentRoute: () => signedIn,
  path: '/orgs/$org',
  component: lazyRouteComponent(() => import('~/app/frame'), 'Frame'),
});
