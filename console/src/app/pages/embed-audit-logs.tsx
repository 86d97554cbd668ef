import { SegmentedControl, Skeleton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { SessionOrg } from '~/api/types';
import { useEmbedToken, type EmbedState } from '~/app/embed/use-embed-token';
import { useReportedHeight } from '~/app/embed/use-reported-height';
import { AuditLogsPage } from '~/features/audit-logs/audit-logs-page';
import { parseAuditSearch } from '~/features/audit-logs/search';
import { fetchExportFile } from '~/features/exports/queries';
import { texts as logTexts } from '~/texts/audit-logs';
import { texts } from '~/texts/embed';
import { texts as exportTexts } from '~/texts/exports';
import { ErrorState, LockedState } from '~/ui/states';
import { ZoneProvider } from '~/ui/zone';
import { DownloadButton } from './download-button';
import styles from './embed.module.css';
import { filterWords } from './filter-words';

const DownloadsList = lazy(async () => ({ default: (await import('~/features/exports/downloads-list')).DownloadsList }));

// The Audit Logs page without the console's frame, inside a page of the vendor's product.
export function EmbedAuditLogsRoute() {
  const content = useRef<HTMLElement>(null);
  const state = useEmbedToken();
  useReportedHeight(content);
  return (
    <main ref={content} className={styles.page}>
      <Body state={state} />
    </main>
  );
}

function Body({ state }: { state: EmbedState }): ReactNode {
  if (state.kind === 'loading') return <Skeleton height={420} role="status" aria-label={texts.loading} />;
  if (state.kind === 'failed') {
    return <ErrorState isPage {...describeError(state.error)} requestId={state.error instanceof ApiError ? state.error.requestId : undefined} onRetry={state.retry} />;
  }
  const org = state.kind === 'open' ? state.session.orgs[0] : undefined;
  if (state.kind === 'ended') return <Locked title={texts.ended} text={texts.endedText} />;
  if (!org) return <Locked title={texts.noToken} text={texts.noTokenText} />;
  if (!org.entitlements.audit_logs) return <Locked title={texts.notEnabled(org.name)} text={texts.notEnabledText(org.id)} />;
  return <Log org={org} />;
}

function Locked({ title, text }: { title: string; text: string }) {
  return (
    <LockedState isPage title={title}>
      <p>{text}</p>
    </LockedState>
  );
}

type Shown = 'entries' | 'downloads';

// The log and the files asked for from it. Both stay as they are when the page around renews the token.
function Log({ org }: { org: SessionOrg }) {
  const raw = useSearch({ from: '/embed/audit-logs' });
  const { theme } = raw;
  // The router leaves in what the address holds besides.
  const search = parseAuditSearch({ ...raw });
  const navigate = useNavigate();
  const [shown, setShown] = useState<Shown>('entries');
  useEffect(() => {
    document.title = texts.title(org.name);
  }, [org.name]);
  const words = logTexts.tabs;
  return (
    <ZoneProvider>
      <h1 className="visually-hidden">{texts.title(org.name)}</h1>
      <div className={styles.bar}>
        <SegmentedControl
          size="xs"
          aria-label={words.label}
          value={shown}
          onChange={(value) => setShown(value)}
          data={[
            { value: 'entries', label: words.entries },
            { value: 'downloads', label: words.downloads },
          ]}
        />
        {/* Nobody here has a sign-in of their own that a mailed link could ask for. */}
        <DownloadButton org={org} search={shown === 'entries' ? search : {}} email="" siemLink={exportTexts.siemLink} onShowDownloads={() => setShown('downloads')} />
      </div>
      {shown === 'downloads' ? (
        <Suspense>
          <DownloadsList org={org.id} describeFilter={filterWords} fetchFile={fetchExportFile} />
        </Suspense>
      ) : (
        <AuditLogsPage
          org={org}
          search={search}
          // The history belongs to the page around it: going back there leaves this log, and does not undo a filter.
          setSearch={(next) => void navigate({ to: '/embed/audit-logs', search: { ...next, ...(theme ? { theme } : {}) }, replace: true, resetScroll: false })}
        />
      )}
    </ZoneProvider>
  );
}
