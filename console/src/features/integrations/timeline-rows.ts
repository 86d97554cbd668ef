import type { Delivery } from '~/api/types';
import { formatDay } from '~/lib/time';
import { texts } from '~/texts/s3';

export type CellKind = 'delivered' | 'late' | 'empty' | 'missing' | 'failed' | 'waiting';

export interface Cell {
  delivery: Delivery;
  kind: CellKind;
  column: number; // from 0
  span: number;
}

export interface Row {
  label: string;
  cells: Cell[];
}

export interface Timeline {
  columns: number;
  rows: Row[]; // oldest first
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// A window is to be there this long after it is due; a day is due at 05:00 UTC of the next.
const promisedMs = 5 * 60_000;
const dueMs = (delivery: Delivery): number => Date.parse(delivery.end) + (lengthOf(delivery) >= dayMs ? 5 * hourMs : 0);

const lengthOf = ({ start, end }: Delivery): number => Date.parse(end) - Date.parse(start);

// Delivered once, and not all of it lies there any more.
export const isGone = ({ in_bucket: there }: Delivery): boolean => there?.state === 'missing' || there?.state === 'differs';

export function kindOf(delivery: Delivery): CellKind {
  if (delivery.state === 'failed') return 'failed';
  if (delivery.state !== 'delivered') return 'waiting';
  if (isGone(delivery)) return 'missing';
  if (delivery.delivered_at && Date.parse(delivery.delivered_at) > dueMs(delivery) + promisedMs) return 'late';
  return delivery.entries - (delivery.withheld ?? 0) === 0 ? 'empty' : 'delivered';
}

const rowsMost = { hours: 7, weeks: 8 };

// Windows in rows of days, an hour a cell; where all are days, in rows of weeks. What was repeated or filled in later is
// another matter than whether each window came.
export function timelineOf(deliveries: Delivery[]): Timeline {
  const windows = deliveries.filter(({ kind }) => kind === undefined || kind === 'main').sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const areDays = windows.length > 0 && windows.every((item) => lengthOf(item) >= dayMs);
  const columns = areDays ? 7 : 24;
  const cellMs = areDays ? dayMs : hourMs;
  const rows = new Map<number, Row>();
  for (const delivery of windows) {
    const at = Date.parse(delivery.start);
    // The first of January 1970 was a Thursday.
    const row = areDays ? Math.floor((Math.floor(at / dayMs) + 3) / 7) : Math.floor(at / dayMs);
    const begin = areDays ? (row * 7 - 3) * dayMs : row * dayMs;
    const day = formatDay(new Date(begin).toISOString());
    const seen = rows.get(row) ?? { label: areDays ? texts.timeline.week(day) : day, cells: [] };
    const column = Math.floor((at - begin) / cellMs);
    seen.cells.push({ delivery, kind: kindOf(delivery), column, span: Math.max(1, Math.min(columns - column, Math.round(lengthOf(delivery) / cellMs))) });
    rows.set(row, seen);
  }
  const ordered = [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
  return { columns, rows: ordered.slice(-(areDays ? rowsMost.weeks : rowsMost.hours)) };
}
