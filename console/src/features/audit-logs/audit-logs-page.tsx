import { Button, Skeleton } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { EventQuery, SessionOrg } from '~/api/types';
import { formatTotal } from '~/lib/format';
import { serverNowMs } from '~/lib/server-clock';
import { EmptyState, ErrorState } from '~/ui/states';
import { EntryDrawer } from './entry-drawer';
import { EntryTable } from './entry-table';
import { FilterPills } from './filter-pills';
import { Freshness } from './freshness';
import { changed, type PageState } from './page-state';
import { timesOf } from './ranges';
import { activeFilters, filterOf, queryOf, withoutFilters } from './search';
import { Toolbar } from './toolbar';
import { useEventList, type EventList } from './use-event-list';
import { useEntryKeys } from './use-entry-keys';
import styles from './audit-logs-page.module.css';

interface Props extends PageState {
  org: SessionOrg;
}

export function AuditLogsPage({ org, search, setSearch }: Props) {
  const query = useStableQuery(org, search);
  const list = useEventList(org.id, query);
  const [active, setActive] = useState<string | null>(null);
  const open = (id: string | undefined) => setSearch(changed(search, { event: id }), { replace: search.event !== undefined && id !== undefined });
  useEntryKeys({ entries: list.entries, active: search.event ?? active, setActive, open, isOpen: search.event !== undefined });
  return (
    <>
      <Toolbar org={org} search={search} setSearch={setSearch} freshness={<Freshness watermark={list.watermark} stale={list.stale} />} />
      <FilterPills search={search} setSearch={setSearch} />
      <ListBody list={list} state={{ search, setSearch }} active={search.event ?? active} open={open} />
      <EntryDrawer org={org.id} search={search} setSearch={setSearch} entries={list.entries} open={open} />
    </>
  );
}

// The question as it was when the filters last changed: "the last 24 hours" does not move under the reader.
function useStableQuery(org: SessionOrg, search: Props['search']): EventQuery {
  const key = JSON.stringify([org.id, org.viewing_window_days, { ...search, event: undefined }]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for all of search but the open entry
  return useMemo(() => queryOf(search, timesOf(search, org.viewing_window_days, serverNowMs())), [key]);
}

interface BodyProps {
  list: EventList;
  state: PageState;
  active: string | null;
  open: (id: string) => void;
}

function ListBody({ list, state, active, open }: BodyProps): ReactNode {
  const { list: query, entries } = list;
  if (query.isPending) return <LoadingRows />;
  if (query.isError && entries.length === 0) {
    const requestId = query.error instanceof ApiError ? query.error.requestId : undefined;
    return <ErrorState {...describeError(query.error)} requestId={requestId} onRetry={() => void query.refetch()} />;
  }
  if (entries.length === 0) return <NothingFound {...state} />;
  return (
    <>
      {list.waiting > 0 && <NewEntries list={list} />}
      <EntryTable entries={entries} total={list.total} search={state.search} active={active} open={open} />
      <Older list={list} />
    </>
  );
}

function NewEntries({ list }: { list: EventList }) {
  const show = () => {
    list.takeNew();
    window.scrollTo({ top: 0 });
  };
  return (
    <div className={styles.newEntries} role="status">
      <Button size="xs" radius="xl" onClick={show}>
        {list.waiting === 1 ? '1 new entry' : `${list.waiting} new entries`}
      </Button>
    </div>
  );
}

function Older({ list }: { list: EventList }) {
  const { list: query, entries, total } = list;
  return (
    <footer className={styles.footer}>
      <span className="figures" role="status">
        {total && formatTotal(Math.min(entries.length, Math.max(total.value, entries.length)), fitting(total, entries.length))}
      </span>
      <span className={`dim ${styles.keys ?? ''}`}>
        <kbd>j</kbd> <kbd>k</kbd> move · <kbd>Enter</kbd> opens · <kbd>Esc</kbd> closes · <kbd>/</kbd> searches
      </span>
      {query.isFetchNextPageError && <span role="alert">{describeError(query.error).title}</span>}
      {query.hasNextPage ? (
        <Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older
        </Button>
      ) : (
        <span className="dim">No older entries in this range</span>
      )}
    </footer>
  );
}

// The list may have grown past a total that was counted a moment ago.
function fitting(total: NonNullable<EventList['total']>, shown: number): NonNullable<EventList['total']> {
  return total.relation === 'eq' ? { ...total, value: Math.max(total.value, shown) } : total;
}

function NothingFound({ search, setSearch }: PageState) {
  const filters = activeFilters(filterOf(search));
  if (filters.length === 0) {
    return (
      <EmptyState title="No entries in this range">
        <p>Choose a longer date range. A new entry shows here within two seconds of being sent.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing found"
      actions={
        <>
          {filters.map((filter) => (
            <Button key={filter.key} size="xs" variant="default" onClick={() => setSearch(changed(search, { [filter.key]: undefined }))}>
              Drop {filter.label}: {filter.value}
            </Button>
          ))}
          {filters.length > 1 && (
            <Button size="xs" onClick={() => setSearch(withoutFilters(search))}>
              Drop all filters
            </Button>
          )}
        </>
      }
    >
      <p>No entry in this range matches {filters.length === 1 ? 'this filter' : 'all of these filters'}.</p>
    </EmptyState>
  );
}

function LoadingRows() {
  return (
    <div role="status" aria-label="Loading entries" className={styles.loading}>
      {Array.from({ length: 12 }, (_, i) => (
        <Skeleton key={i} height={28} radius="sm" />
      ))}
    </div>
  );
}
