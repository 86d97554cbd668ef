import { describe, expect, it } from 'vitest';
import { namedTimesOf, rangeLabel, rangeProblem, rangesWithin, rangeWords, searchRangeWords, timesOf, withinWindow } from './ranges';

const now = Date.parse('2026-11-22T14:03:22.500Z');

describe('rangesWithin', () => {
  it.each([
    [30, ['1h', '24h', '7d', '30d']],
    [14, ['1h', '24h', '7d', '14d']],
    [1, ['1h', '24h']],
    [365, ['1h', '24h', '7d', '30d', '90d', '365d']],
    [400, ['1h', '24h', '7d', '30d', '90d', '365d', '400d']],
  ])('%i days', (days, ranges) => {
    expect(rangesWithin(days)).toEqual(ranges);
  });
});

it('labels', () => {
  expect(['1h', '24h', '7d'].map(rangeLabel)).toEqual(['Last hour', 'Last 24 hours', 'Last 7 days']);
});

describe('timesOf', () => {
  it('leaves the default to the server', () => {
    expect(timesOf({}, 30, now)).toEqual({});
    expect(timesOf({}, 90, now)).toEqual({});
    expect(timesOf({}, 7, now)).toEqual({});
  });
  it('is the same question within a minute, open at the top', () => {
    expect(timesOf({ range: '24h' }, 30, now)).toEqual({ from: '2026-11-21T14:03:00.000Z' });
    expect(timesOf({ range: '24h' }, 30, now + 30_000)).toEqual(timesOf({ range: '24h' }, 30, now));
  });
  it('starts at the edge of the window when only the end is given', () => {
    expect(timesOf({ to: '2026-11-20T00:00:00.000Z' }, 30, now)).toEqual({
      from: '2026-10-23T14:03:22.500Z',
      to: '2026-11-20T00:00:00.000Z',
    });
  });
});

it('names the start for an export', () => {
  expect(namedTimesOf({}, 30, now)).toEqual({ from: '2026-10-23T14:03:00.000Z' });
  expect(namedTimesOf({}, 7, now)).toEqual({ from: '2026-11-15T14:03:00.000Z' });
});

describe('in words', () => {
  it('says a day and a zone once', () => {
    expect(rangeWords('2026-11-22T10:00:00Z', '2026-11-22T12:30:00Z')).toBe('22 Nov 2026 10:00 to 12:30 UTC');
    expect(rangeWords('2026-11-22T10:00:00Z', '2026-11-23T12:30:00Z')).toBe('22 Nov 2026 10:00 to 23 Nov 2026 12:30 UTC');
    expect(rangeWords('2026-11-22T10:00:00Z', undefined, 'America/New_York')).toBe('22 Nov 2026 05:00 UTC-05:00 to now');
  });
  it('says both offsets when the clocks change', () => {
    expect(rangeWords('2026-10-31T10:00:00Z', '2026-11-02T10:00:00Z', 'America/New_York')).toBe('31 Oct 2026 06:00 UTC-04:00 to 2 Nov 2026 05:00 UTC-05:00');
  });
  it('names what the page shows', () => {
    expect(searchRangeWords({}, 7)).toBe('Last 7 days');
    expect(searchRangeWords({ range: '24h' }, 30)).toBe('Last 24 hours');
    expect(searchRangeWords({ to: '2026-11-22T12:00:00Z' }, 30)).toBe('Until 22 Nov 2026 12:00 UTC');
  });
});

it('a link that asks for more than the window gets the window', () => {
  expect(withinWindow({ query: 'sam', range: '9999d' }, 90)).toEqual({ query: 'sam', range: '90d' });
  expect(withinWindow({ range: '90d' }, 30)).toEqual({});
  expect(withinWindow({ range: '25h' }, 1)).toEqual({});
  expect(withinWindow({ range: '7d' }, 30)).toEqual({ range: '7d' });
});

describe('rangeProblem', () => {
  it.each([
    ['the usual one', {}, null],
    ['one from before the window into it', { from: '2020-01-01T00:00:00.000Z', to: '2026-11-22T10:00:00.000Z' }, null],
    ['one that is over before the window begins', { to: '2026-10-23T14:03:22.500Z' }, 'tooOld'],
    ['one that ends before it begins', { from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T09:00:00.000Z' }, 'reversed'],
    ['one of no length', { from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T10:00:00.000Z' }, 'reversed'],
  ] as const)('%s', (_, search, problem) => {
    expect(rangeProblem(search, 30, now)).toBe(problem);
  });
});

it('a range of seconds says its seconds', () => {
  expect(rangeWords('2026-11-22T10:02:32.000Z', '2026-11-22T10:02:33.000Z')).toBe('22 Nov 2026 10:02:32 to 10:02:33 UTC');
  expect(rangeWords('2026-11-22T10:02:00.000Z', '2026-11-22T10:02:33.000Z')).toBe('22 Nov 2026 10:02 to 10:02:33 UTC');
});
