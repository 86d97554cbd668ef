import { describe, expect, it } from 'vitest';
import { barAt, barsOf, heightsOf, intervalWords, mostOf, rangeOf, totalOf } from './bars';

const bars = barsOf({
  interval_seconds: 3600,
  data: [
    { start: '2026-11-22T10:00:00Z', count: 0, failed: 0 },
    { start: '2026-11-22T11:00:00Z', count: 1000, failed: 10 },
    { start: '2026-11-22T12:00:00Z', count: 1, failed: 1 },
  ],
});

it('ends a bar where the next begins', () => {
  expect(bars.map(({ end }) => end)).toEqual(['2026-11-22T11:00:00.000Z', '2026-11-22T12:00:00.000Z', '2026-11-22T13:00:00.000Z']);
});

describe('heights', () => {
  it('draws nothing for nothing', () => {
    expect(heightsOf({ start: '', end: '', count: 0, failed: 0 }, 5)).toEqual({ ok: 0, failed: 0 });
  });
  it('never draws more than the whole, and never hides what failed', () => {
    for (const bar of bars) {
      const { ok, failed } = heightsOf(bar, mostOf(bars));
      expect(ok + failed).toBeLessThanOrEqual(1);
      expect(ok).toBeGreaterThanOrEqual(0);
      expect(failed > 0).toBe(bar.failed > 0);
    }
  });
  it('keeps proportions otherwise', () => {
    expect(heightsOf({ start: '', end: '', count: 50, failed: 25 }, 100)).toEqual({ ok: 0.25, failed: 0.25 });
  });
});

it('adds up', () => {
  expect(totalOf(bars)).toEqual({ count: 1001, failed: 11 });
});

it('takes a range in either direction', () => {
  const whole = { from: '2026-11-22T11:00:00Z', to: '2026-11-22T13:00:00.000Z' };
  expect(rangeOf(bars, 1, 2)).toEqual(whole);
  expect(rangeOf(bars, 2, 1)).toEqual(whole);
  expect(rangeOf([], 0, 0)).toBeNull();
});

it.each([
  [-1, 0],
  [0, 0],
  [0.5, 5],
  [1, 9],
  [7, 9],
])('at %d of the width stands bar %d', (share, index) => {
  expect(barAt(share, 10)).toBe(index);
});

it.each([
  [1, '1 second'],
  [90, '90 seconds'],
  [60, '1 minute'],
  [43_200, '12 hours'],
  [86_400, '1 day'],
])('%d s', (seconds, words) => {
  expect(intervalWords(seconds)).toBe(words);
});
