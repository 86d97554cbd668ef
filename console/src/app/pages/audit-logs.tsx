import { useNavigate, useSearch } from '@tanstack/react-router';
import { AuditLogsPage } from '~/features/audit-logs/audit-logs-page';
import { parseAuditSearch } from '~/features/audit-logs/search';
import { AuditLogsFrame } from './audit-logs-frame';
import { OrgDownload } from './org-download';

export function AuditLogsRoute() {
  // The router leaves in what the address holds besides, times that are none among it.
  const search = parseAuditSearch({ ...useSearch({ from: '/signed-in/orgs/$org/settings/audit-logs' }) });
  const navigate = useNavigate();
  return (
    <AuditLogsFrame aside={(org) => <OrgDownload org={org} search={search} />}>
      {(org) => (
        <AuditLogsPage
          key={org.id}
          org={org}
          search={search}
          setSearch={(next, options) =>
            void navigate({ to: '/orgs/$org/settings/audit-logs', params: { org: org.id }, search: next, replace: options?.replace ?? false, resetScroll: false })
          }
        />
      )}
    </AuditLogsFrame>
  );
}
