import { describe, expect, it } from 'vitest';
import { namedTimesOf, rangeLabel, rangesWithin, timesOf } from './ranges';

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
  });
  it('names the start of a shorter window', () => {
    expect(timesOf({}, 7, now)).toEqual({ from: '2026-11-15T14:03:00.000Z' });
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
});
