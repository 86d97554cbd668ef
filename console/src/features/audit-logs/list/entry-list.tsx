import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { EventPage, SessionOrg } from '~/api/types';
import type { PageState } from '~/features/audit-logs/page-state';
import { formatCount, formatTotal, plural } from '~/lib/format';
import { texts } from '~/texts/audit-logs';
import { ErrorState } from '~/ui/states';
import { EntryTable } from './entry-table';
import { LayoutMenu } from './layout-menu';
import { gridTemplate, rowHeight, type Layout } from './layout';
import { NothingFound } from './nothing-found';
import { waitingMax, type EventList } from './use-event-list';
import styles from './entry-list.module.css';

interface Props {
  org: SessionOrg;
  list: EventList;
  state: PageState;
  active: string | null;
  layout: Layout;
  setLayout: (layout: Layout) => void;
  open: (id: string) => void;
  facets: ReactNode; // the button to the sheet of filters, where they have no column
}

export function EntryList({ list, layout, setLayout, facets, ...rest }: Props) {
  return (
    <div className={styles.list}>
      <div className={styles.bar}>
        {facets}
        <span className="figures" role="status">
          {list.total && foundWords(list.total)}
        </span>
        <span className={styles.layout}>
          <LayoutMenu layout={layout} setLayout={setLayout} />
        </span>
      </div>
      <Body list={list} layout={layout} {...rest} />
    </div>
  );
}

const foundWords = (total: EventPage['total']): string => (total.relation === 'gte' ? texts.list.moreThan(formatCount(total.value)) : plural(total.value, 'entry', 'entries'));

function Body({ org, list, state, active, layout, open }: Omit<Props, 'setLayout' | 'facets'>): ReactNode {
  const { list: query, entries } = list;
  if (query.isPending) return <LoadingRows layout={layout} />;
  if (query.isError && entries.length === 0) {
    const requestId = query.error instanceof ApiError ? query.error.requestId : undefined;
    return <ErrorState {...describeError(query.error)} requestId={requestId} onRetry={() => void query.refetch()} />;
  }
  if (entries.length === 0) return <NothingFound org={org} {...state} />;
  return (
    <>
      {list.waiting > 0 && <NewEntries list={list} />}
      <EntryTable entries={entries} total={list.total} search={state.search} active={active} layout={layout} open={open} />
      <Older list={list} />
    </>
  );
}

function NewEntries({ list }: { list: EventList }) {
  const show = () => {
    list.takeWaiting();
    window.scrollTo({ top: 0 });
  };
  return (
    <div className={styles.newEntries} role="status">
      <Button size="xs" radius="xl" onClick={show}>
        {texts.list.newEntries(Math.min(list.waiting, waitingMax), list.waiting > waitingMax)}
      </Button>
    </div>
  );
}

function Older({ list }: { list: EventList }) {
  const { list: query, entries, total } = list;
  return (
    <footer className={styles.footer}>
      <span className="figures" role="status">
        {total && formatTotal(entries.length, fitting(total, entries.length))}
      </span>
      <span className={`dim ${styles.keys ?? ''}`}>
        <kbd>j</kbd> <kbd>k</kbd> {texts.list.keys.move} · <kbd>Enter</kbd> {texts.list.keys.opens} · <kbd>Esc</kbd> {texts.list.keys.closes} · <kbd>/</kbd>{' '}
        {texts.list.keys.searches} · <kbd>?</kbd> {texts.list.keys.help}
      </span>
      {query.isFetchNextPageError && <span role="alert">{describeError(query.error).title}</span>}
      {query.hasNextPage ? (
        <Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {texts.list.older}
        </Button>
      ) : (
        <span className="dim">{texts.list.end}</span>
      )}
    </footer>
  );
}

// The list may have grown past a total that was counted a moment ago.
function fitting(total: EventPage['total'], shown: number): EventPage['total'] {
  return total.relation === 'eq' ? { ...total, value: Math.max(total.value, shown) } : total;
}

// As tall as what comes: nothing jumps.
function LoadingRows({ layout: { columns, compact } }: { layout: Layout }) {
  return (
    <div role="status" aria-label={texts.list.loading} className={styles.loading}>
      {Array.from({ length: 14 }, (_, i) => (
        <div key={i} style={{ height: rowHeight(compact, false), gridTemplateColumns: gridTemplate(columns) }} className={styles.loadingRow}>
          {columns.map((column, j) => (
            <span key={column} className={styles.loadingValue} style={{ width: `${55 + ((i * 3 + j) % 4) * 10}%` }} />
          ))}
        </div>
      ))}
    </div>
  );
}
