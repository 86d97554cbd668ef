import { formatDay, formatEdge, formatEdgeIn, offsetName, utc } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { changed, type AuditSearch } from './search';

const hourMs = 3_600_000;
const presets = ['1h', '24h', '7d', '30d', '90d', '365d'];

const hoursOf = (range: string): number => Number(range.slice(0, -1)) * (range.endsWith('d') ? 24 : 1);

export function rangeLabel(range: string): string {
  return texts.range.last(Number(range.slice(0, -1)), range.endsWith('d') ? 'day' : 'hour');
}

// 30 days, or the whole viewing window when it is shorter.
export const defaultRange = (windowDays: number): string => `${Math.min(30, windowDays)}d`;

// What may be chosen: nothing beyond the viewing window.
export function rangesWithin(windowDays: number): string[] {
  const ranges = presets.filter((range) => hoursOf(range) <= windowDays * 24);
  const whole = `${windowDays}d`;
  return windowDays === 1 || ranges.includes(whole) ? ranges : [...ranges, whole];
}

export const windowStart = (windowDays: number, nowMs: number): string => new Date(nowMs - windowDays * 24 * hourMs).toISOString();

// The search with no more than the window in it: a link of another organization or of longer ago may ask for more.
export function withinWindow(search: AuditSearch, windowDays: number): AuditSearch {
  if (search.range === undefined || hoursOf(search.range) <= windowDays * 24) return search;
  const whole = `${windowDays}d`;
  return changed(search, { range: whole === defaultRange(windowDays) ? undefined : whole });
}

// Why nothing can be found in the range, before anybody is asked.
export function rangeProblem({ from, to }: AuditSearch, windowDays: number, nowMs: number): 'reversed' | 'tooOld' | null {
  if (to === undefined) return null;
  if (from !== undefined && from >= to) return 'reversed';
  return to <= windowStart(windowDays, nowMs) ? 'tooOld' : null;
}

export interface Times {
  from?: string;
  to?: string;
}

// The times to ask the server for; whole minutes, so that asking again within one is the same question. The
// default range is the server's own: 30 days, as far as the window reaches.
export function timesOf(search: AuditSearch, windowDays: number, nowMs: number): Times {
  if (search.from || search.to) {
    const times: Times = {};
    times.from = search.from ?? windowStart(windowDays, nowMs);
    if (search.to) times.to = search.to;
    return times;
  }
  const { range } = search;
  return range === undefined || range === '30d' ? {} : { from: startOf(range, nowMs) };
}

function startOf(range: string, nowMs: number): string {
  const minute = 60_000;
  return new Date(Math.floor((nowMs - hoursOf(range) * hourMs) / minute) * minute).toISOString();
}

// The same with the start always named, as an export needs it.
export function namedTimesOf(search: AuditSearch, windowDays: number, nowMs: number): Times & { from: string } {
  const times = timesOf(search, windowDays, nowMs);
  return { ...times, from: times.from ?? startOf(defaultRange(windowDays), nowMs) };
}

// "22 Nov 2026 10:00 to 12:00 UTC"
export function rangeWords(from: string, to: string | undefined, zone = utc): string {
  if (to === undefined) return texts.range.between(formatEdgeIn(from, zone), texts.range.openEnd);
  const sameOffset = offsetName(from, zone) === offsetName(to, zone);
  const sameDay = sameOffset && formatDay(from, zone) === formatDay(to, zone);
  const end = formatEdgeIn(to, zone);
  return texts.range.between(sameOffset ? formatEdge(from, zone) : formatEdgeIn(from, zone), sameDay ? end.slice(formatDay(to, zone).length + 1) : end);
}

// What the range of the page is called.
export function searchRangeWords(search: AuditSearch, windowDays: number, zone = utc): string {
  if (!search.from && !search.to) return rangeLabel(search.range ?? defaultRange(windowDays));
  return search.from ? rangeWords(search.from, search.to, zone) : texts.range.until(formatEdgeIn(search.to ?? '', zone));
}
