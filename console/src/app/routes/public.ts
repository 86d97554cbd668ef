import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from './base';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

interface SignInSearch {
  next?: string;
  problem?: string; // why a sign-in by a provider did not work
  reset?: boolean; // comes from setting a new password
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): SignInSearch => {
    const next = text(raw['next']);
    const problem = text(raw['problem']);
    return { ...(next ? { next } : {}), ...(problem ? { problem } : {}), ...(raw['reset'] ? { reset: true } : {}) };
  },
  component: lazyRouteComponent(() => import('~/app/pages/sign-in'), 'SignInRoute'),
});

const links = () => import('~/app/pages/links');
const forgot = createRoute({ getParentRoute: () => root, path: '/forgot', component: lazyRouteComponent(links, 'ForgotRoute') });
const reset = createRoute({ getParentRoute: () => root, path: '/reset', component: lazyRouteComponent(links, 'ResetRoute') });
const invitation = createRoute({ getParentRoute: () => root, path: '/invitation', component: lazyRouteComponent(links, 'InvitationRoute') });
const portal = createRoute({ getParentRoute: () => root, path: '/portal', component: lazyRouteComponent(links, 'PortalRoute') });

// Pages that need nobody signed in.
export const publicRoutes = [signIn, forgot, reset, invitation, portal] as const;
