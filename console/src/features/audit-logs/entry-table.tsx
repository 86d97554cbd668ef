import { useMediaQuery } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { AuditRecord, EventPage } from '~/api/types';
import { EntryRow } from './entry-row';
import type { AuditSearch } from './search';
import styles from './entry-table.module.css';

interface Props {
  entries: AuditRecord[];
  total: EventPage['total'] | undefined;
  search: AuditSearch;
  active: string | null;
  open: (id: string) => void;
}

const columns = ['Date (UTC)', 'User', 'Action', 'Area'];

// A table by role over a list that draws only the rows in sight.
export function EntryTable({ entries, total, search, active, open }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  // What stands above the table changes height without telling it; the value settles after one more draw.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => {
    const top = body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0;
    setOffset((old) => (Math.abs(old - top) < 1 ? old : top));
  });
  const rowHeight = useMediaQuery('(max-width: 61.99em)', false, { getInitialValueInEffect: false }) ? 84 : 48;
  const virtual = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => entries[index]?.id ?? index,
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  useEffect(() => {
    const index = entries.findIndex((entry) => entry.id === active);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
    // Only when the choice moves, not when entries arrive.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);
  return (
    <div role="table" aria-label="Audit log entries" aria-rowcount={total?.relation === 'eq' ? total.value + 1 : -1} className={styles.table}>
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.headRow}>
          {columns.map((column) => (
            <div key={column} role="columnheader">
              {column}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={body} className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const entry = entries[item.index];
          if (!entry) return null;
          return (
            <EntryRow
              key={item.key}
              entry={entry}
              index={item.index}
              top={item.start - offset}
              height={rowHeight}
              isActive={entry.id === active}
              search={search}
              open={open}
            />
          );
        })}
      </div>
    </div>
  );
}
