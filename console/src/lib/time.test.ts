import { describe, expect, it } from 'vitest';
import { formatDay, formatDuration, formatExact, formatMinute, formatRelative, fromInputValue, offsetName, toInputValue } from './time';

describe('formatExact', () => {
  it('shows every digit that was recorded', () => {
    expect(formatExact('2026-11-22T14:03:19.412345Z')).toBe('22 Nov 2026 14:03:19.412345');
  });
  it('ends at the milliseconds when there is no more', () => {
    expect(formatExact('2026-11-22T14:03:19.410000Z')).toBe('22 Nov 2026 14:03:19.410');
    expect(formatExact('2026-11-22T14:03:19.412340Z')).toBe('22 Nov 2026 14:03:19.412340');
    expect(formatExact('2026-01-02T00:00:00Z')).toBe('2 Jan 2026 00:00:00.000');
  });
  it('moves another offset to UTC', () => {
    expect(formatExact('2026-11-23T01:30:00.5+02:00')).toBe('22 Nov 2026 23:30:00.500');
  });
  it('gives back what is not a time', () => {
    expect(formatExact('yesterday')).toBe('yesterday');
    expect(formatDay('')).toBe('');
  });
});

it('names the zone', () => {
  expect(formatMinute('2026-11-22T14:03:59Z')).toBe('22 Nov 2026 14:03 UTC');
});

describe('formatRelative', () => {
  const now = Date.parse('2026-11-22T14:00:00Z');
  it.each([
    ['2026-11-22T13:57:00Z', '3 minutes ago'],
    ['2026-11-22T13:59:59Z', '1 second ago'],
    ['2026-11-22T16:00:00Z', 'in 2 hours'],
    ['2026-11-20T13:00:00Z', '2 days ago'],
    ['2026-11-22T14:00:00Z', 'now'],
  ])('%s', (iso, text) => {
    expect(formatRelative(iso, now)).toBe(text);
  });
});

it('formats durations', () => {
  expect(formatDuration(12)).toBe('12 ms');
  expect(formatDuration(1234)).toBe('1.2 s');
  expect(formatDuration(200_000)).toBe('3 min 20 s');
  expect(formatDuration(3_900_000)).toBe('1 h 5 min');
});

describe('datetime-local values', () => {
  it('are UTC whatever the zone of the browser', () => {
    expect(fromInputValue('2026-11-22T14:03')).toBe('2026-11-22T14:03:00.000Z');
    expect(toInputValue('2026-11-22T14:03:59.999Z')).toBe('2026-11-22T14:03:59');
  });
  it('refuse anything else', () => {
    expect(fromInputValue('2026-11-22')).toBeNull();
    expect(fromInputValue('2026-13-40T10:00')).toBeNull();
  });
});

describe('in the zone of a person', () => {
  const york = 'America/New_York';
  it('says the offset of that day', () => {
    expect(formatMinute('2026-11-22T02:03:00Z', york)).toBe('21 Nov 2026 21:03 UTC-05:00');
    expect(formatMinute('2026-07-22T02:03:00Z', york)).toBe('21 Jul 2026 22:03 UTC-04:00');
    expect(offsetName('2026-11-22T02:03:00Z', 'Asia/Kolkata')).toBe('UTC+05:30');
    expect(offsetName('2026-11-22T02:03:00Z', 'UTC')).toBe('UTC');
    expect(offsetName('2026-11-22T02:03:00Z', 'Europe/London')).toBe('UTC');
  });
  it('keeps the fraction', () => {
    expect(formatExact('2026-11-22T02:03:19.412345Z', york)).toBe('21 Nov 2026 21:03:19.412345');
  });
  it.each(['2026-11-22T02:03:00.000Z', '2026-11-01T05:30:00.000Z', '2026-03-08T07:00:00.000Z', '2026-07-01T00:00:00.000Z'])('a field gives %s back', (iso) => {
    expect(fromInputValue(toInputValue(iso, york), york)).toBe(iso);
    expect(fromInputValue(toInputValue(iso))).toBe(iso);
  });
});
