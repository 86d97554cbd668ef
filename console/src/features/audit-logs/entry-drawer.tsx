import { Button, Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiError, describeError } from '~/api/errors';
import type { AuditRecord } from '~/api/types';
import { ChevronIcon, UpIcon } from '~/ui/icons';
import { ErrorState } from '~/ui/states';
import { EntryDetail } from './entry-detail';
import type { PageState } from './page-state';
import { eventQuery } from './queries';
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
      position="right"
      size="min(46rem, 100vw)"
      title="Entry"
      closeButtonProps={{ 'aria-label': 'Close entry' }}
    >
      {id !== undefined && (
        <>
          <Neighbours id={id} entries={entries} open={open} />
          <DrawerBody key={id} org={org} id={id} search={search} setSearch={setSearch} />
        </>
      )}
    </Drawer>
  );
}

function Neighbours({ id, entries, open }: { id: string; entries: AuditRecord[]; open: Props['open'] }) {
  const at = entries.findIndex((entry) => entry.id === id);
  if (at === -1) return null;
  const newer = entries[at - 1]?.id;
  const older = entries[at + 1]?.id;
  return (
    <div className={styles.neighbours}>
      <Button size="compact-xs" variant="default" leftSection={<UpIcon size={12} />} disabled={!newer} onClick={() => open(newer)}>
        Newer
      </Button>
      <Button size="compact-xs" variant="default" leftSection={<ChevronIcon size={12} />} disabled={!older} onClick={() => open(older)}>
        Older
      </Button>
    </div>
  );
}

function DrawerBody({ org, id, search, setSearch }: { org: string; id: string } & PageState) {
  const entry = useQuery(eventQuery(org, id));
  if (entry.isPending) {
    return (
      <div role="status" aria-label="Loading the entry" className={styles.loading}>
        <Skeleton height={48} />
        <Skeleton height={120} />
        <Skeleton height={120} />
      </div>
    );
  }
  if (entry.isError) {
    const isGone = entry.error instanceof ApiError && entry.error.status === 404;
    const words = isGone
      ? { title: 'This entry is not here.', advice: 'It may be older than what your organisation sees, or the link is wrong.' }
      : describeError(entry.error);
    const requestId = entry.error instanceof ApiError ? entry.error.requestId : undefined;
    return <ErrorState {...words} requestId={requestId} onRetry={isGone ? undefined : () => void entry.refetch()} />;
  }
  return <EntryDetail entry={entry.data} search={search} setSearch={setSearch} />;
}
