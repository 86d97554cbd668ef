// Which columns the list has, in which order, and how tall its rows are.
export const columnIds = ['date', 'user', 'action', 'area', 'application', 'ip', 'category', 'outcome', 'target'] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Layout {
  columns: ColumnId[];
  compact: boolean;
}

// The columns that stay: one says when, the other what and leads to the entry.
export const fixedColumns: readonly ColumnId[] = ['date', 'action'];

export const defaultColumns: ColumnId[] = ['date', 'user', 'action', 'area'];
export const defaultLayout: Layout = { columns: defaultColumns, compact: false };

const isColumn = (id: unknown): id is ColumnId => columnIds.some((known) => known === id);

// Takes what a browser remembered or a view holds and keeps what means something.
export function columnsFrom(value: unknown): ColumnId[] {
  const given = Array.isArray(value) ? value.filter(isColumn) : [];
  if (given.length === 0) return defaultColumns;
  return [...new Set([...given, ...fixedColumns.filter((id) => !given.includes(id))])];
}

export function layoutFrom(value: unknown): Layout {
  if (typeof value !== 'object' || value === null) return defaultLayout;
  const { columns, compact } = value as Partial<Record<keyof Layout, unknown>>;
  return { columns: columnsFrom(columns), compact: compact === true };
}

export function toggleColumn(columns: ColumnId[], id: ColumnId): ColumnId[] {
  if (fixedColumns.includes(id)) return columns;
  return columns.includes(id) ? columns.filter((other) => other !== id) : [...columns, id];
}

export function moveColumn(columns: ColumnId[], id: ColumnId, by: -1 | 1): ColumnId[] {
  const at = columns.indexOf(id);
  const to = at + by;
  if (at === -1 || to < 0 || to >= columns.length) return columns;
  const rest = columns.filter((other) => other !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

// Widths in rem: the least, and the share of what is left.
const widths: Record<ColumnId, { least: number; share: number }> = {
  date: { least: 13, share: 0 },
  user: { least: 9, share: 1.2 },
  action: { least: 10, share: 1.6 },
  area: { least: 6, share: 0.8 },
  application: { least: 7, share: 0.8 },
  ip: { least: 7.5, share: 0.7 },
  category: { least: 6.5, share: 0.6 },
  outcome: { least: 6, share: 0.5 },
  target: { least: 8, share: 1 },
};

const gapRem = 1;
const paddingRem = 1.5;

export const gridTemplate = (columns: ColumnId[]): string =>
  columns.map((id) => (widths[id].share === 0 ? `${widths[id].least}rem` : `minmax(${widths[id].least}rem, ${widths[id].share}fr)`)).join(' ');

export const leastWidthRem = (columns: ColumnId[]): number =>
  columns.reduce((sum, id) => sum + widths[id].least, 0) + gapRem * (columns.length - 1) + paddingRem;

export const rowHeight = (compact: boolean, isNarrow: boolean): number => (isNarrow ? 84 : compact ? 30 : 44);
