import { Button, Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { AuditRecord } from '~/api/types';
import { LinkIcon } from '~/features/audit-logs/icons';
import type { PageState } from '~/features/audit-logs/page-state';
import { eventQuery } from '~/features/audit-logs/queries';
import { copyText } from '~/lib/clipboard';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/entry';
import { CheckIcon, ChevronIcon, UpIcon } from '~/ui/icons';
import { ErrorState } from '~/ui/states';
import { EntryDetail } from './entry-detail';
import styles from './entry-detail.module.css';

interface Props extends PageState {
  org: string;
  entries: AuditRecord[];
  open: (id: string | undefined) => void;
}

// One entry over the list, under its own address.
export function EntryDrawer({ org, search, setSearch, entries, open }: Props) {
  const id = search.event;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={() => open(undefined)}
      onExitTransitionEnd={focusRow}
      position="right"
      size="min(46rem, 100vw)"
      title={texts.title}
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      {id !== undefined && (
        <>
          <Steps id={id} entries={entries} open={open} />
          <DrawerBody key={id} org={org} id={id} search={search} setSearch={setSearch} />
        </>
      )}
    </Drawer>
  );
}

// Back to the entry that was looked at last, wherever the steps have led: the drawer itself only knows where it was opened.
function focusRow(): void {
  document.querySelector<HTMLElement>('[role=row][data-active] a')?.focus({ preventScroll: true });
}

function Steps({ id, entries, open }: { id: string; entries: AuditRecord[]; open: Props['open'] }) {
  const at = entries.findIndex((entry) => entry.id === id);
  const newer = at > 0 ? entries[at - 1]?.id : undefined;
  const older = at >= 0 ? entries[at + 1]?.id : undefined;
  return (
    <div className={styles.steps}>
      {at >= 0 && (
        <>
          <Button size="compact-xs" variant="default" leftSection={<UpIcon size={12} />} disabled={!newer} onClick={() => open(newer)}>
            {texts.newer}
          </Button>
          <Button size="compact-xs" variant="default" leftSection={<ChevronIcon size={12} />} disabled={!older} onClick={() => open(older)}>
            {texts.older}
          </Button>
        </>
      )}
      <CopyLink />
    </div>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(window.location.href));
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <Button size="compact-xs" variant="default" ml="auto" leftSection={copied ? <CheckIcon size={12} /> : <LinkIcon size={12} />} onClick={() => void copy()}>
      <span aria-live="polite">{copied ? common.copied : texts.copyLink}</span>
    </Button>
  );
}

function DrawerBody({ org, id, search, setSearch }: { org: string; id: string } & PageState) {
  const entry = useQuery(eventQuery(org, id));
  if (entry.isPending) {
    return (
      <div role="status" aria-label={texts.loading} className={styles.loading}>
        <Skeleton height={48} />
        <Skeleton height={120} />
        <Skeleton height={120} />
      </div>
    );
  }
  if (entry.isError) {
    const isGone = entry.error instanceof ApiError && entry.error.status === 404;
    const words = isGone ? texts.gone : describeError(entry.error);
    const requestId = entry.error instanceof ApiError ? entry.error.requestId : undefined;
    return <ErrorState {...words} requestId={requestId} onRetry={isGone ? undefined : () => void entry.refetch()} />;
  }
  return <EntryDetail org={org} entry={entry.data} search={search} setSearch={setSearch} />;
}
