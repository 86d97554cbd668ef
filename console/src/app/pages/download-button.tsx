import { Button } from '@mantine/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { SessionOrg } from '~/api/types';
import { namedTimesOf, rangeWords } from '~/features/audit-logs/ranges';
import { queryInWords, type AuditSearch } from '~/features/audit-logs/search';
import type { ExportScope } from '~/features/exports/download-dialog';
import { serverNowMs } from '~/lib/server-clock';
import { texts } from '~/texts/exports';
import { DownloadIcon } from '~/ui/icons';
import { useZone } from '~/ui/zone';

const DownloadDialog = lazy(async () => ({ default: (await import('~/features/exports/download-dialog')).DownloadDialog }));

interface Props {
  org: SessionOrg;
  search: AuditSearch;
  email: string; // who is mailed when the file is ready; empty: nobody
  siemLink: ReactNode;
  onShowDownloads: () => void;
}

export function DownloadButton({ org, search, email, siemLink, onShowDownloads }: Props) {
  const [scope, setScope] = useState<ExportScope | null>(null);
  const { zone } = useZone();
  const start = () => {
    const times = namedTimesOf(search, org.viewing_window_days, serverNowMs());
    setScope({
      times,
      rangeWords: texts.from(rangeWords(times.from, times.to, zone)),
      filter: search.query ? { query: search.query } : {},
      filterWords: queryInWords(search.query),
    });
  };
  const show = () => {
    setScope(null);
    onShowDownloads();
  };
  return (
    <>
      <Button leftSection={<DownloadIcon />} onClick={start}>
        {texts.button}
      </Button>
      {scope && (
        <Suspense>
          <DownloadDialog org={org.id} email={email} scope={scope} siemLink={siemLink} onClose={() => setScope(null)} onShowDownloads={show} />
        </Suspense>
      )}
    </>
  );
}
