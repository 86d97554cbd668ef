import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from './base';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { next?: string } => {
    const next = text(raw['next']);
    return next ? { next } : {};
  },
  component: lazyRouteComponent(() => import('~/app/pages/sign-in'), 'SignInRoute'),
});

// Pages that need nobody signed in.
export const publicRoutes = [signIn] as const;
