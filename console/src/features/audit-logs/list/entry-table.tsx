import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { AuditRecord, EventPage } from '~/api/types';
import type { AuditSearch } from '~/features/audit-logs/search';
import { offsetName } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { useNow } from '~/ui/use-now';
import { useZone } from '~/ui/zone';
import { EntryRow } from './entry-row';
import { defaultColumns, gridTemplate, leastWidthRem, rowHeight, type ColumnId, type Layout } from './layout';
import styles from './entry-table.module.css';

interface Props {
  entries: AuditRecord[];
  total: EventPage['total'] | undefined;
  search: AuditSearch;
  active: string | null;
  layout: Layout;
  open: (id: string) => void;
}

const remPx = () => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

// A table by role over a list that draws only the rows in sight.
export function EntryTable({ entries, total, search, active, layout, open }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  // What stands above the table changes height without telling it; the value settles after one more draw.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => {
    const top = body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0;
    setOffset((old) => (Math.abs(old - top) < 1 ? old : top));
  });
  const { zone } = useZone();
  const now = useNow();
  const { ref: frame, width } = useElementSize();
  const isSmall = useMediaQuery('(max-width: 57.99em)', false, { getInitialValueInEffect: false });
  // Until it is measured, as the window lets expect.
  const isNarrow = width === 0 ? isSmall : width < leastWidthRem(defaultColumns) * remPx();
  const height = rowHeight(layout.compact, isNarrow);
  const fresh = useFresh(entries);
  const virtual = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => entries[index]?.id ?? index,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    const index = entries.findIndex((entry) => entry.id === active);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
    // Only when the choice moves, not when entries arrive.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);
  const least = leastWidthRem(layout.columns);
  // Too wide for the window: it scrolls by itself, and its head no longer stays in sight.
  const isWide = !isNarrow && width > 0 && least * remPx() > width;
  return (
    <div ref={frame} className={styles.frame} data-wide={isWide || undefined} data-narrow={isNarrow || undefined}>
      <div
        role="table"
        aria-label={texts.list.label}
        aria-rowcount={total?.relation === 'eq' ? total.value + 1 : -1}
        className={styles.table}
        data-compact={layout.compact || undefined}
        style={{ ['--columns' as string]: gridTemplate(layout.columns), minWidth: isWide ? `${least}rem` : undefined }}
      >
        <Head columns={layout.columns} zone={offsetName(new Date(now).toISOString(), zone)} />
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
                height={height}
                columns={layout.columns}
                zone={zone}
                now={now}
                isActive={entry.id === active}
                isNew={fresh.has(entry.id)}
                search={search}
                open={open}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ columns, zone }: { columns: ColumnId[]; zone: string }) {
  const words = texts.list.columns;
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {columns.map((column) => (
          <div key={column} role="columnheader">
            {column === 'date' ? words.date(zone) : words[column]}
          </div>
        ))}
      </div>
    </div>
  );
}

// Entries that came on top of what was there: they slide in.
function useFresh(entries: AuditRecord[]): Set<string> {
  const [seen, setSeen] = useState(entries);
  const [fresh, setFresh] = useState<Set<string>>(() => new Set());
  const known = useMemo(() => new Set(seen.map(({ id }) => id)), [seen]);
  if (seen !== entries) {
    const oldest = seen.at(-1)?.occurred_at ?? '';
    const sameList = entries.some(({ id }) => known.has(id));
    setSeen(entries);
    setFresh(sameList ? new Set(entries.filter(({ id, occurred_at: at }) => !known.has(id) && at >= oldest).map(({ id }) => id)) : new Set());
  }
  return fresh;
}
