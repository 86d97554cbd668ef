import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedIn } from './base';

// The operators' pages, inside their own frame; the entries of its navigation stand in app/operators/navigation.tsx.
const operators = createRoute({
  getParentRoute: () => signedIn,
  path: '/operators',
  component: lazyRouteComponent(() => import('~/app/operators/frame'), 'OperatorsFrame'),
});

export const operatorRoutes = operators.addChildren([]);
