import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useSession } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { AuditLogsPage } from '~/features/audit-logs/audit-logs-page';
import { namedTimesOf, rangeWords } from '~/features/audit-logs/ranges';
import { queryInWords, type AuditSearch } from '~/features/audit-logs/search';
import type { ExportScope } from '~/features/exports/download-dialog';
import { serverNowMs } from '~/lib/server-clock';
import { texts } from '~/texts/exports';
import { DownloadIcon } from '~/ui/icons';
import { useZone } from '~/ui/zone';
import { AuditLogsFrame } from './audit-logs-frame';

const DownloadDialog = lazy(async () => ({ default: (await import('~/features/exports/download-dialog')).DownloadDialog }));

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
  const { zone } = useZone();
  const navigate = useNavigate();
  const email = useSession()?.person.email ?? '';
  const start = () => {
    const times = namedTimesOf(search, org.viewing_window_days, serverNowMs());
    setScope({
      times,
      rangeWords: texts.from(rangeWords(times.from, times.to, zone)),
      filter: search.query ? { query: search.query } : {},
      filterWords: queryInWords(search.query),
    });
  };
  return (
    <>
      <Button leftSection={<DownloadIcon />} onClick={start}>
        {texts.button}
      </Button>
      {scope && (
        <Suspense>
          <DownloadDialog
            org={org.id}
            email={email}
            scope={scope}
            siemLink={
              <Link to="/orgs/$org/settings/integrations/s3" params={{ org: org.id }}>
                {texts.siemLink}
              </Link>
            }
            onClose={() => setScope(null)}
            onShowDownloads={() => void navigate({ to: '/orgs/$org/settings/audit-logs/downloads', params: { org: org.id } })}
          />
        </Suspense>
      )}
    </>
  );
}
