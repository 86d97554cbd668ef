import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { Destination } from '~/api/types';
import { texts } from '~/texts/s3';
import { Panel } from '~/ui/page';
import { timelineQuery } from './queries';
import { timelineOf, type Cell, type CellKind, type Timeline as Rows } from './timeline-rows';
import { WindowDetail } from './window-detail';
import { windowWords } from './status';
import styles from './timeline.module.css';

const words = texts.timeline;
const kinds: CellKind[] = ['delivered', 'late', 'empty', 'missing', 'failed', 'waiting'];

// A cell for each window of the last days, and what the chosen one holds.
export function Timeline({ org, destination }: { org: string; destination: Destination }) {
  const list = useQuery(timelineQuery(org, destination.id));
  const [chosen, setChosen] = useState<string | null>(null);
  if (list.isPending) return <Skeleton height={180} mb="md" role="status" aria-label={texts.timeline.title} />;
  // The table below says what went wrong.
  if (!list.data) return null;
  const rows = timelineOf(list.data.data);
  if (rows.rows.length === 0) return null;
  const delivery = list.data.data.find(({ id }) => id === chosen);
  return (
    <Panel title={words.title} aside={<Legend rows={rows} />}>
      <Cells rows={rows} chosen={chosen} onChoose={(id) => setChosen(id === chosen ? null : id)} />
      <p className={`dim ${styles.hint ?? ''}`}>{rows.columns === 7 ? words.hintDays : words.hint}</p>
      {delivery && (
        <section aria-label={texts.detail.title(windowWords(delivery))} className={styles.detail}>
          <WindowDetail org={org} destination={destination} delivery={delivery} />
        </section>
      )}
    </Panel>
  );
}

function Legend({ rows }: { rows: Rows }) {
  const counts = new Map<CellKind, number>();
  for (const { kind } of rows.rows.flatMap(({ cells }) => cells)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return (
    <ul className={styles.legend}>
      {kinds
        .filter((kind) => counts.has(kind))
        .map((kind) => (
          <li key={kind}>
            <span className={styles.cell} data-kind={kind} aria-hidden="true" /> {words.kinds[kind]} <span className="figures dim">{counts.get(kind)}</span>
          </li>
        ))}
    </ul>
  );
}

interface CellsProps {
  rows: Rows;
  chosen: string | null;
  onChoose: (id: string) => void;
}

function Cells({ rows, chosen, onChoose }: CellsProps) {
  const box = useRef<HTMLDivElement>(null);
  const all = rows.rows.flatMap(({ cells }) => cells);
  const last = all.at(-1)?.delivery.id;
  const [at, setAt] = useState(last);
  const reachable = all.some(({ delivery }) => delivery.id === at) ? at : last;
  const move = (event: KeyboardEvent) => {
    const next = neighbourOf(rows, reachable, event.key);
    if (!next) return;
    event.preventDefault();
    setAt(next);
    box.current?.querySelector<HTMLElement>(`[data-window="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div ref={box} role="group" aria-label={words.label} onKeyDown={move} className={styles.rows}>
      {rows.columns === 24 && (
        <div className={styles.row} aria-hidden="true">
          <span className={styles.day} />
          <div className={`figures dim ${styles.hours ?? ''}`}>
            {[0, 6, 12, 18].map((hour) => (
              <span key={hour}>{String(hour).padStart(2, '0')}</span>
            ))}
          </div>
        </div>
      )}
      {rows.rows.map((row) => (
        <div key={row.label} className={styles.row}>
          <span className={`figures dim ${styles.day ?? ''}`}>{row.label}</span>
          <div className={styles.cells} style={{ '--columns': rows.columns } as CSSProperties}>
            {row.cells.map((cell) => (
              <CellButton
                key={cell.delivery.id}
                cell={cell}
                isReachable={cell.delivery.id === reachable}
                isChosen={cell.delivery.id === chosen}
                onChoose={() => {
                  setAt(cell.delivery.id);
                  onChoose(cell.delivery.id);
                }}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

function CellButton({ cell, isReachable, isChosen, onChoose }: { cell: Cell; isReachable: boolean; isChosen: boolean; onChoose: () => void }) {
  const { delivery, kind, column, span } = cell;
  const label = words.cell(windowWords(delivery), words.kinds[kind], delivery.entries);
  return (
    <button
      type="button"
      className={styles.cell}
      data-kind={kind}
      data-window={delivery.id}
      style={{ gridColumn: `${column + 1} / span ${span}` }}
      aria-label={label}
      title={label}
      aria-pressed={isChosen}
      tabIndex={isReachable ? 0 : -1}
      onClick={onChoose}
    />
  );
}

// The window that an arrow key leads to: left and right in time, up and down the same hour of another day.
function neighbourOf({ rows }: Rows, from: string | undefined, key: string): string | undefined {
  const all = rows.flatMap(({ cells }, row) => cells.map((cell) => ({ ...cell, row })));
  const at = all.findIndex(({ delivery }) => delivery.id === from);
  const here = all[at];
  if (!here) return undefined;
  if (key === 'ArrowLeft') return all[at - 1]?.delivery.id;
  if (key === 'ArrowRight') return all[at + 1]?.delivery.id;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const row = here.row + (key === 'ArrowUp' ? -1 : 1);
  return all.find((cell) => cell.row === row && cell.column <= here.column && here.column < cell.column + cell.span)?.delivery.id;
}
