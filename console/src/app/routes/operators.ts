import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { parseEverybodySearch, type EverybodySearch } from '~/features/people/everybody-search';
import { signedIn } from './base';

// The operators' pages, inside their own frame; the entries of its navigation stand in app/operators/navigation.tsx.
const operators = createRoute({
  getParentRoute: () => signedIn,
  path: '/operators',
  component: lazyRouteComponent(() => import('~/app/operators/frame'), 'OperatorsFrame'),
});

const start = createRoute({
  getParentRoute: () => operators,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/operators/orgs', replace: true });
  },
});

const pages = () => import('~/app/operators/pages');
const orgs = createRoute({ getParentRoute: () => operators, path: '/orgs', component: lazyRouteComponent(pages, 'OrgsRoute') });
// Not `$org`: that is an organization whose own pages are open.
const org = createRoute({ getParentRoute: () => operators, path: '/orgs/$orgId', component: lazyRouteComponent(pages, 'OrgRoute') });
const people = createRoute({
  getParentRoute: () => operators,
  path: '/people',
  validateSearch: (raw: Record<string, unknown>): EverybodySearch => parseEverybodySearch(raw),
  component: lazyRouteComponent(pages, 'EverybodyRoute'),
});
const keys = createRoute({ getParentRoute: () => operators, path: '/keys', component: lazyRouteComponent(pages, 'KeysRoute') });
const actions = createRoute({ getParentRoute: () => operators, path: '/actions', component: lazyRouteComponent(pages, 'ActionsRoute') });
const masking = createRoute({ getParentRoute: () => operators, path: '/masking', component: lazyRouteComponent(pages, 'MaskingRoute') });
const packPages = () => import('~/app/operators/data-packs');
const packs = createRoute({ getParentRoute: () => operators, path: '/data-packs', component: lazyRouteComponent(packPages, 'AllPacksRoute') });
const newPack = createRoute({ getParentRoute: () => operators, path: '/data-packs/new', component: lazyRouteComponent(packPages, 'NewPackRoute') });
const sources = createRoute({ getParentRoute: () => operators, path: '/data-packs/sources', component: lazyRouteComponent(packPages, 'SourcesRoute') });
const packFolder = createRoute({
  getParentRoute: () => operators,
  path: '/data-packs/folder',
  validateSearch: (raw: Record<string, unknown>): { source?: string } => (typeof raw['source'] === 'string' && raw['source'] !== '' ? { source: raw['source'].slice(0, 64) } : {}),
  component: lazyRouteComponent(packPages, 'FolderRoute'),
});
const packRuns = createRoute({ getParentRoute: () => operators, path: '/data-packs/runs', component: lazyRouteComponent(packPages, 'AllRunsRoute') });
// Below "packs", so that none is named as one of the pages.
const pack = createRoute({ getParentRoute: () => operators, path: '/data-packs/packs/$packId', component: lazyRouteComponent(packPages, 'PackEditorRoute') });
const health = createRoute({ getParentRoute: () => operators, path: '/health', component: lazyRouteComponent(pages, 'HealthRoute') });

export const operatorRoutes = operators.addChildren([start, orgs, org, people, keys, actions, masking, packs, newPack, sources, packFolder, packRuns, pack, health]);
