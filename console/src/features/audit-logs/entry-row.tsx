import { memo, useEffect, useRef, type MouseEvent } from 'react';
import type { AuditRecord } from '~/api/types';
import { toQueryString } from '~/lib/query-string';
import { formatExact } from '~/lib/time';
import { OutsideText } from '~/ui/outside-text';
import type { AuditSearch } from './search';
import { actionLabel, actorHandle, actorName, targetNames } from './sentence';
import styles from './entry-table.module.css';

interface Props {
  entry: AuditRecord;
  index: number;
  top: number;
  height: number;
  isActive: boolean;
  search: AuditSearch;
  open: (id: string) => void;
}

export const EntryRow = memo(function EntryRow({ entry, index, top, height, isActive, search, open }: Props) {
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
  const handle = actorHandle(entry.actor);
  return (
    // The link inside is what keyboards and screen readers use; the row only widens it for the mouse.
    <div role="row" aria-rowindex={index + 2} className={styles.row} data-active={isActive || undefined} style={{ height, transform: `translateY(${top}px)` }} onClick={click}>
      <div role="cell" className={styles.date}>
        <time dateTime={entry.occurred_at} className="figures">
          {formatExact(entry.occurred_at)}
        </time>
      </div>
      <div role="cell" className={styles.user}>
        <div className={styles.line}>
          <OutsideText>{actorName(entry.actor)}</OutsideText>
        </div>
        {handle && (
          <div className={`${styles.line} dim`}>
            <OutsideText>{handle}</OutsideText>
          </div>
        )}
      </div>
      <div role="cell" className={styles.action}>
        <div className={styles.line}>
          <a ref={link} href={toQueryString({ ...search, event: entry.id })} className={styles.link} aria-haspopup="dialog">
            <OutsideText>{actionLabel(entry)}</OutsideText>
          </a>
        </div>
        <RowResult entry={entry} />
      </div>
      <div role="cell" className={styles.area}>
        <div className={styles.line}>{entry.area && <OutsideText>{entry.area}</OutsideText>}</div>
      </div>
    </div>
  );
});

// What went wrong, and what it concerned.
function RowResult({ entry }: { entry: AuditRecord }) {
  const failed = entry.outcome === 'failure' || (entry.http_status ?? 0) >= 400;
  const targets = targetNames(entry);
  if (!failed && targets.length === 0) return null;
  return (
    <div className={`${styles.line} dim`}>
      {failed && <span className={styles.failed}>Failed{entry.http_status ? ` ${entry.http_status}` : ''}</span>}
      {failed && targets.length > 0 && ' · '}
      <OutsideText>{targets.join(', ')}</OutsideText>
    </div>
  );
}
