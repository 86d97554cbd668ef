import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { AuditLogsPage } from '~/features/audit-logs/audit-logs-page';
import { namedTimesOf } from '~/features/audit-logs/ranges';
import { filterOf, type AuditSearch } from '~/features/audit-logs/search';
import { DownloadDialog, type ExportScope } from '~/features/exports/download-dialog';
import { serverNowMs } from '~/lib/server-clock';
import { DownloadIcon } from '~/ui/icons';
import { AuditLogsFrame } from './audit-logs-frame';
import { filterWords } from './filter-words';

export function AuditLogsRoute() {
  const search = useSearch({ from: '/signed-in/orgs/$org/settings/audit-logs' });
  const navigate = useNavigate();
  return (
    <AuditLogsFrame aside={(org) => <Download org={org} search={search} />}>
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

function Download({ org, search }: { org: SessionOrg; search: AuditSearch }) {
  const [scope, setScope] = useState<ExportScope | null>(null);
  const navigate = useNavigate();
  const email = useSession()?.person.email ?? '';
  const start = () => {
    const filter = filterOf(search);
    setScope({ times: namedTimesOf(search, org.viewing_window_days, serverNowMs()), filter, filterWords: filterWords(filter) });
  };
  return (
    <>
      <Button leftSection={<DownloadIcon />} onClick={start}>
        Download
      </Button>
      {scope && (
        <DownloadDialog
          org={org.id}
          email={email}
          scope={scope}
          siemLink={
            <Link to="/orgs/$org/settings/integrations/s3" params={{ org: org.id }}>
              S3 integration
            </Link>
          }
          onClose={() => setScope(null)}
          onShowDownloads={() => void navigate({ to: '/orgs/$org/settings/audit-logs/downloads', params: { org: org.id } })}
        />
      )}
    </>
  );
}
