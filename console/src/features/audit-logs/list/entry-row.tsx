import { memo, useEffect, useRef, type MouseEvent, type ReactNode, type RefObject } from 'react';
import type { AuditRecord } from '~/api/types';
import { actionLabel, targetNames } from '~/features/audit-logs/entry/sentence';
import { handleOf, hasFailed, isVendorAccess, valueOf } from '~/features/audit-logs/entry-values';
import type { AuditSearch } from '~/features/audit-logs/search';
import { usePickValue } from '~/features/audit-logs/value-menu';
import { toQueryString } from '~/lib/query-string';
import { formatExact, formatRelative } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { OutsideText } from '~/ui/outside-text';
import type { ColumnId } from './layout';
import { ValueCell } from './value-cell';
import styles from './entry-table.module.css';

interface Props {
  entry: AuditRecord;
  index: number;
  top: number;
  height: number;
  columns: ColumnId[];
  zone: string;
  now: number;
  isActive: boolean;
  isNew: boolean;
  search: AuditSearch;
  open: (id: string) => void;
}

export const EntryRow = memo(function EntryRow(props: Props) {
  const { entry, index, top, height, columns, isActive, isNew, open } = props;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isActive && document.querySelector('[role=dialog]') === null) link.current?.focus({ preventScroll: true });
  }, [isActive]);
  const click = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    // Selecting text in a row is not opening it.
    if (event.target !== link.current && window.getSelection()?.toString()) return;
    event.preventDefault();
    open(entry.id);
  };
  return (
    // The link inside is what keyboards and screen readers use; the row only widens it for the mouse.
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles.row}
      data-active={isActive || undefined}
      data-new={isNew || undefined}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={click}
    >
      {columns.map((column) => (
        <div key={column} role="cell" className={styles[column]}>
          <Cell {...props} column={column} link={link} />
        </div>
      ))}
    </div>
  );
});

interface CellProps extends Props {
  column: ColumnId;
  link: RefObject<HTMLAnchorElement | null>;
}

function Cell({ entry, column, zone, now, isActive, search, link }: CellProps): ReactNode {
  if (column === 'date') {
    return (
      <>
        <time dateTime={entry.occurred_at} className={`${styles.line ?? ''} figures`}>
          {formatExact(entry.occurred_at, zone)}
        </time>
        <div className={`${styles.second ?? ''} dim`}>{formatRelative(entry.occurred_at, now)}</div>
      </>
    );
  }
  if (column === 'action') return <ActionCell entry={entry} search={search} link={link} />;
  const value = valueOf(entry, column);
  const handle = column === 'user' ? handleOf(entry) : null;
  return (
    <>
      <div className={styles.line}>{value && <ValueCell value={value} reachable={isActive} className={column === 'outcome' && entry.outcome === 'failure' ? styles.failed : undefined} />}</div>
      {handle && (
        <div className={`${styles.second ?? ''} dim`}>
          <ValueCell value={handle} reachable={isActive} />
        </div>
      )}
    </>
  );
}

function ActionCell({ entry, search, link }: Pick<CellProps, 'entry' | 'search' | 'link'>) {
  const pick = usePickValue();
  const value = valueOf(entry, 'action');
  return (
    <>
      <div className={styles.labelled}>
        <a
          ref={link}
          href={toQueryString({ ...search, event: entry.id })}
          className={styles.link}
          aria-haspopup="dialog"
          onContextMenu={(event) => value && pick(value, event)}
        >
          <OutsideText>{actionLabel(entry)}</OutsideText>
        </a>
        {isVendorAccess(entry) && <span className={styles.badge}>{texts.list.vendor}</span>}
      </div>
      <RowResult entry={entry} />
    </>
  );
}

// What went wrong, and what it concerned.
function RowResult({ entry }: { entry: AuditRecord }) {
  const failed = hasFailed(entry);
  const targets = targetNames(entry);
  if (!failed && targets.length === 0) return null;
  return (
    <div className={`${styles.second ?? ''} dim`}>
      {failed && <span className={styles.failed}>{texts.list.failed(entry.http_status)}</span>}
      {failed && targets.length > 0 && ' · '}
      <OutsideText>{targets.join(', ')}</OutsideText>
    </div>
  );
}
