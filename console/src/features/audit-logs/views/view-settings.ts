import type { View, ViewRange, ViewSettings } from '~/api/types';
import { changed } from '~/features/audit-logs/page-state';
import type { AuditSearch } from '~/features/audit-logs/search';
import { columnsFrom, type Layout } from '~/features/audit-logs/list/layout';

const hourSeconds = 3600;
const secondsOf = (range: string): number => Number(range.slice(0, -1)) * (range.endsWith('d') ? 24 : 1) * hourSeconds;
const rangeOf = (seconds: number): string => (seconds % (24 * hourSeconds) === 0 && seconds > 24 * hourSeconds ? `${seconds / 24 / hourSeconds}d` : `${Math.max(Math.round(seconds / hourSeconds), 1)}h`);

function rangeFrom({ range, from, to }: AuditSearch): ViewRange {
  if (from ?? to) return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  return range ? { last_seconds: secondsOf(range) } : {};
}

// What the page shows now, as a view keeps it.
export function settingsFrom(name: string, shared: boolean, search: AuditSearch, layout: Layout): ViewSettings {
  return {
    name,
    shared,
    ...(search.query ? { query: search.query } : {}),
    range: rangeFrom(search),
    columns: layout.columns,
    density: layout.compact ? 'compact' : 'comfortable',
  };
}

export function searchFrom({ query, range: { last_seconds: seconds, from, to } }: Pick<View, 'query' | 'range'>): AuditSearch {
  return changed({}, { query, from, to, range: seconds === undefined ? undefined : rangeOf(seconds) });
}

export const layoutOf = ({ columns, density }: Pick<View, 'columns' | 'density'>, present: Layout): Layout => ({
  columns: columns.length === 0 ? present.columns : columnsFrom(columns),
  compact: density === '' ? present.compact : density === 'compact',
});

const sameSearch = (a: AuditSearch, b: AuditSearch): boolean => (['query', 'range', 'from', 'to'] as const).every((key) => (a[key] ?? '') === (b[key] ?? ''));

// The view that the page shows, if it shows one.
export const currentView = (views: View[], search: AuditSearch): View | undefined => views.find((view) => sameSearch(searchFrom(view), search));
