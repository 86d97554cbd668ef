import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { parseAuditSearch, type AuditSearch } from '~/features/audit-logs/search';
import type { S3Search } from '~/features/integrations/s3-search';
import { org } from './base';

const toAuditLogs = {
  beforeLoad: ({ params }: { params: { org: string } }) => {
    throw redirect({ to: '/orgs/$org/settings/audit-logs', params, replace: true });
  },
};

const start = createRoute({ getParentRoute: () => org, path: '/', ...toAuditLogs });
const settings = createRoute({ getParentRoute: () => org, path: '/settings', ...toAuditLogs });

const auditLogs = createRoute({
  getParentRoute: () => org,
  path: '/settings/audit-logs',
  validateSearch: (raw: Record<string, unknown>): AuditSearch => parseAuditSearch(raw),
  component: lazyRouteComponent(() => import('~/app/pages/audit-logs'), 'AuditLogsRoute'),
});
const downloads = createRoute({
  getParentRoute: () => org,
  path: '/settings/audit-logs/downloads',
  component: lazyRouteComponent(() => import('~/app/pages/downloads'), 'DownloadsRoute'),
});
const integrations = createRoute({
  getParentRoute: () => org,
  path: '/settings/integrations',
  component: lazyRouteComponent(() => import('~/app/pages/integrations'), 'IntegrationsRoute'),
});
const s3 = createRoute({
  getParentRoute: () => org,
  path: '/settings/integrations/s3',
  // Read by the page: its own words are loaded with it.
  validateSearch: (raw: Record<string, unknown>): S3Search => raw,
  component: lazyRouteComponent(() => import('~/app/pages/s3'), 'S3Route'),
});

const dataPacks = createRoute({
  getParentRoute: () => org,
  path: '/settings/data-packs',
  component: lazyRouteComponent(() => import('~/app/pages/data-packs'), 'DataPacksRoute'),
});
const dataPackDestination = createRoute({
  getParentRoute: () => org,
  path: '/settings/data-packs/destination',
  component: lazyRouteComponent(() => import('~/app/pages/data-packs'), 'DataPackDestinationRoute'),
});
const dataPack = createRoute({
  getParentRoute: () => org,
  path: '/settings/data-packs/packs/$pack',
  component: lazyRouteComponent(() => import('~/app/pages/data-packs'), 'DataPackRoute'),
});
const people = createRoute({
  getParentRoute: () => org,
  path: '/settings/people',
  component: lazyRouteComponent(() => import('~/app/pages/people'), 'PeopleRoute'),
});
const signInSettings = createRoute({
  getParentRoute: () => org,
  path: '/settings/people/sign-in',
  component: lazyRouteComponent(() => import('~/app/pages/people'), 'SignInSettingsRoute'),
});

export const orgRoutes = org.addChildren([start, settings, auditLogs, downloads, integrations, s3, dataPacks, dataPackDestination, dataPack, people, signInSettings]);
