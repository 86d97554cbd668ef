import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { parseAuditSearch, type AuditSearch } from '~/features/audit-logs/search';
import { root } from './base';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export interface SignInSearch {
  next?: string;
  problem?: string; // why a sign-in by a provider did not work
  reset?: 'done'; // comes from setting a new password
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): SignInSearch => {
    const next = text(raw['next']);
    const problem = text(raw['problem']);
    return { ...(next ? { next } : {}), ...(problem ? { problem } : {}), ...(raw['reset'] === 'done' ? { reset: 'done' as const } : {}) };
  },
  component: lazyRouteComponent(() => import('~/app/pages/sign-in'), 'SignInRoute'),
});

const links = () => import('~/app/pages/links');
const forgot = createRoute({ getParentRoute: () => root, path: '/forgot', component: lazyRouteComponent(links, 'ForgotRoute') });
const reset = createRoute({ getParentRoute: () => root, path: '/reset', component: lazyRouteComponent(links, 'ResetRoute') });
const invitation = createRoute({ getParentRoute: () => root, path: '/invitation', component: lazyRouteComponent(links, 'InvitationRoute') });
const portal = createRoute({ getParentRoute: () => root, path: '/portal', component: lazyRouteComponent(links, 'PortalRoute') });

export type EmbedSearch = AuditSearch & { theme?: 'light' | 'dark' };

const embed = createRoute({
  getParentRoute: () => root,
  path: '/embed/audit-logs',
  validateSearch: (raw: Record<string, unknown>): EmbedSearch => {
    const theme = raw['theme'];
    return { ...parseAuditSearch(raw), ...(theme === 'light' || theme === 'dark' ? { theme } : {}) };
  },
  component: lazyRouteComponent(() => import('~/app/pages/embed-audit-logs'), 'EmbedAuditLogsRoute'),
});

// Pages that need nobody signed in.
export const publicRoutes = [signIn, forgot, reset, invitation, portal, embed] as const;
