import { describe, expect, it } from 'vitest';
import type { DataPackRun } from '~/api/types';
import { formatWords, intervalWords, isNamed, scheduleWords, troubleOf } from './words';

describe('scheduleWords', () => {
  it.each<[Parameters<typeof scheduleWords>[0], string]>([
    [{ every: 'hourly' }, 'every hour'],
    [{ every: 'hourly', at: '00:20' }, 'every hour, 20 minutes past'],
    [{ every: 'daily', at: '05:00' }, 'every day at 05:00 UTC'],
    [{ every: 'weekly', weekday: 'friday', at: '18:30', zone: 'Europe/Berlin' }, 'every Friday at 18:30 Europe/Berlin'],
    [{ every: 'monthly', day: 31, zone: null }, 'on day 31 of each month at 00:00 UTC'],
    [{ every: 'cron', cron: '0 4 * * 1-5' }, 'cron 0 4 * * 1-5 (UTC)'],
  ])('%j', (schedule, words) => expect(scheduleWords(schedule)).toBe(words));
});

describe('intervalWords', () => {
  it.each([
    ['2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z', '22 Nov 2026'],
    ['2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z', '16 Nov 2026 – 22 Nov 2026'],
    ['2026-11-22T13:00:00Z', '2026-11-22T14:00:00Z', '22 Nov 2026 13:00 – 14:00'],
    ['2026-11-22T05:00:00Z', '2026-11-23T05:00:00Z', '22 Nov 2026 05:00 – 23 Nov 2026 05:00'],
  ])('%s %s', (start, end, words) => expect(intervalWords({ start, end })).toBe(words));
});

it('names the form', () => {
  expect(formatWords({ type: 'csv', compression: 'gzip' })).toBe('CSV, gzip');
  expect(formatWords({ type: 'parquet', compression: 'none' })).toBe('Parquet');
});

describe('isNamed', () => {
  const pack = { id: 'orders', name: 'Orders', former_name: 'Order File Export', description: null };
  it.each(['orders', 'ORDER', 'file export', 'SFE', 'standardized file export', ''])('finds it by “%s”', (text) => expect(isNamed(text, pack)).toBe(true));
  it('does not by another', () => expect(isNamed('invoices', pack)).toBe(false));
});

describe('troubleOf', () => {
  const run = (more: Partial<DataPackRun>) => ({ state: 'failed', hold: null, error: 'relation "deals" does not exist', remedy: 'Mend the query.', staged_at: null, ...more }) as DataPackRun;
  it('says what an operator can do about a held run to operators alone', () => {
    const held = run({ state: 'held', hold: { reason: 'columns' } as DataPackRun['hold'] });
    expect(troubleOf(held, true)?.remedy).toBeNull();
    expect(troubleOf(held, false)?.remedy).toBe('The vendor looks at it before it is delivered.');
  });
  it('says what went wrong, and what to do', () => expect(troubleOf(run({}), false)).toEqual({ reason: 'relation "deals" does not exist', remedy: 'Mend the query.' }));
  it('has nothing to say of a run without trouble', () => expect(troubleOf(run({ error: null }), false)).toBeNull());
});
