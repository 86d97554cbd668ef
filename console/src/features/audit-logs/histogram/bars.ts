import type { Histogram } from '~/api/types';
import { formatEdgeIn, formatMinute } from '~/lib/time';

export interface Bar {
  start: string;
  end: string;
  count: number;
  failed: number;
}

const addSeconds = (iso: string, seconds: number): string => new Date(Date.parse(iso) + seconds * 1000).toISOString();

// The bars of the answer with their ends; the last one ends where the next would begin.
export function barsOf({ data, interval_seconds: seconds }: Pick<Histogram, 'data' | 'interval_seconds'>): Bar[] {
  return data.map(({ start, count, failed }) => ({ start, end: addSeconds(start, seconds), count, failed }));
}

export interface Heights {
  ok: number; // shares of the full height, 0 to 1
  failed: number;
}

// A bar that holds anything can be seen: at least `least` of the height, and the failed part of it as well.
export function heightsOf(bar: Bar, most: number, least = 0.06): Heights {
  if (bar.count === 0 || most === 0) return { ok: 0, failed: 0 };
  const whole = Math.max(bar.count / most, least);
  const failed = bar.failed === 0 ? 0 : Math.max((bar.failed / bar.count) * whole, Math.min(least, whole));
  return { ok: whole - failed, failed };
}

export const mostOf = (bars: Bar[]): number => bars.reduce((most, { count }) => Math.max(most, count), 0);

export const totalOf = (bars: Bar[]): { count: number; failed: number } =>
  bars.reduce((sum, bar) => ({ count: sum.count + bar.count, failed: sum.failed + bar.failed }), { count: 0, failed: 0 });

// The range from one bar to another, whichever comes first.
export function rangeOf(bars: Bar[], from: number, to: number): { from: string; to: string } | null {
  const first = bars[Math.min(from, to)];
  const last = bars[Math.max(from, to)];
  return first && last ? { from: first.start, to: last.end } : null;
}

// Which bar stands at a share of the width.
export const barAt = (share: number, count: number): number => Math.min(Math.max(Math.floor(share * count), 0), count - 1);

// "12 hours", "1 day"
export function intervalWords(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ];
  const [size, name] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 'second'];
  const n = seconds / size;
  return `${n} ${name}${n === 1 ? '' : 's'}`;
}

// How its edges are written: with seconds where bars are that short.
export const formatOf = (seconds: number): typeof formatMinute => (seconds % 60 === 0 ? formatMinute : formatEdgeIn);
