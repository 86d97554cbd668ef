import { Skeleton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { SessionOrg } from '~/api/types';
import { useEmbedToken, type EmbedState } from '~/app/embed/use-embed-token';
import { useReportedHeight } from '~/app/embed/use-reported-height';
import { AuditLogsPage } from '~/features/audit-logs/audit-logs-page';
import { texts } from '~/texts/embed';
import { ErrorState, LockedState } from '~/ui/states';
import styles from './embed.module.css';

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
    return <ErrorState {...describeError(state.error)} requestId={state.error instanceof ApiError ? state.error.requestId : undefined} onRetry={state.retry} />;
  }
  const org = state.kind === 'open' ? state.session.orgs[0] : undefined;
  if (state.kind === 'ended') return <Locked title={texts.ended} text={texts.endedText} />;
  if (!org) return <Locked title={texts.noToken} text={texts.noTokenText} />;
  if (!org.entitlements.audit_logs) return <Locked title={texts.notEnabled(org.name)} text={texts.notEnabledText(org.id)} />;
  return <Log org={org} />;
}

function Locked({ title, text }: { title: string; text: string }) {
  return (
    <LockedState title={title}>
      <p>{text}</p>
    </LockedState>
  );
}

function Log({ org }: { org: SessionOrg }) {
  const { theme, ...search } = useSearch({ from: '/embed/audit-logs' });
  const navigate = useNavigate();
  useEffect(() => {
    document.title = texts.title(org.name);
  }, [org.name]);
  return (
    <>
      <h1 className="visually-hidden">{texts.title(org.name)}</h1>
      <AuditLogsPage
        org={org}
        search={search}
        // The history belongs to the page around it: going back there leaves this log, and does not undo a filter.
        setSearch={(next) => void navigate({ to: '/embed/audit-logs', search: { ...next, ...(theme ? { theme } : {}) }, replace: true, resetScroll: false })}
      />
    </>
  );
}
