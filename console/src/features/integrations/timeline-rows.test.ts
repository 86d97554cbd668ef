import { describe, expect, it } from 'vitest';
import type { Delivery } from '~/api/types';
import { kindOf, timelineOf } from './timeline-rows';

const window = (start: string, end: string, more: Partial<Delivery> = {}): Delivery => ({
  id: start, destination: 's3-a', stream: 1, window: 1, start, end, first_seq: 1, last_seq: 5, entries: 5, state: 'delivered', files: [], attempts: 1, delivered_at: end, ...more,
});
const hour = (day: string, h: number, more: Partial<Delivery> = {}) => window(`${day}T${String(h).padStart(2, '0')}:00:00Z`, new Date(Date.parse(`${day}T00:00:00Z`) + (h + 1) * 3_600_000).toISOString(), more);

describe('kindOf', () => {
  it.each<[string, Delivery, string]>([
    ['there in time', hour('2026-11-22', 3), 'delivered'],
    ['there after five minutes', hour('2026-11-22', 3, { delivered_at: '2026-11-22T04:05:00Z' }), 'delivered'],
    ['there a second later', hour('2026-11-22', 3, { delivered_at: '2026-11-22T04:05:01Z' }), 'late'],
    ['nothing received', hour('2026-11-22', 3, { entries: 0, last_seq: 0 }), 'empty'],
    ['everything left out', hour('2026-11-22', 3, { withheld: 5 }), 'empty'],
    ['taken away since', hour('2026-11-22', 3, { in_bucket: { state: 'missing', looked_at: null } }), 'missing'],
    ['failed', hour('2026-11-22', 3, { state: 'failed' }), 'failed'],
    ['not yet', hour('2026-11-22', 3, { state: 'due', delivered_at: null }), 'waiting'],
    ['a day, at five', window('2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', { delivered_at: '2026-11-22T05:01:00Z' }), 'delivered'],
    ['a day, at six', window('2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', { delivered_at: '2026-11-22T06:00:00Z' }), 'late'],
  ])('%s', (_, delivery, kind) => expect(kindOf(delivery)).toBe(kind));
});

describe('timelineOf', () => {
  it('has a row for each day and a column for each hour, oldest first', () => {
    const { columns, rows } = timelineOf([hour('2026-11-23', 0), hour('2026-11-22', 23), hour('2026-11-22', 3)]);
    expect(columns).toBe(24);
    expect(rows.map(({ label, cells }) => [label, cells.map(({ column }) => column)])).toEqual([['22 Nov 2026', [3, 23]], ['23 Nov 2026', [0]]]);
  });
  it('lets a day span its row where others are hours', () => {
    const { rows } = timelineOf([hour('2026-11-23', 0), window('2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z')]);
    expect(rows[0]?.cells).toMatchObject([{ column: 0, span: 24 }]);
  });
  it('has weeks from Monday where all are days', () => {
    const { columns, rows } = timelineOf([window('2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'), window('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z')]);
    expect(columns).toBe(7);
    expect(rows.map(({ label, cells }) => [label, cells[0]?.column])).toEqual([['Week of 16 Nov 2026', 6], ['Week of 23 Nov 2026', 0]]);
  });
  it('leaves out what was repeated or filled in, and keeps a week', () => {
    const days = Array.from({ length: 12 }, (_, i) => hour(`2026-11-${String(10 + i)}`, 5));
    const { rows } = timelineOf([...days, hour('2026-11-22', 1, { kind: 'replay' }), hour('2026-11-22', 2, { kind: 'backfill' })]);
    expect(rows.map(({ label }) => label)).toEqual([15, 16, 17, 18, 19, 20, 21].map((day) => `${String(day)} Nov 2026`));
  });
  it('is empty without windows', () => expect(timelineOf([]).rows).toEqual([]));
});
