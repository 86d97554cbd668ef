import { describe, expect, it } from 'vitest';
import type { AuditRecord, EventPage } from '~/api/types';
import { belonging, entriesOf, withArrived } from './pages';

const entry = (seq: number, minute = seq): AuditRecord => ({
  v: 1,
  seq,
  id: `e${seq}`,
  nonce: 'n'.repeat(22),
  organization_id: 'acme',
  received_at: '2026-11-22T14:00:00.000000Z',
  occurred_at: `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000000Z`,
  action: 'a',
  actor: { id: 'u' },
});

const page = (data: AuditRecord[], cursor: string | null = 'next'): EventPage => ({
  data,
  next_cursor: cursor,
  has_more: cursor !== null,
  watermark: '2026-11-22T14:00:00.000000Z',
  head_seq: 9,
  total: { value: 9, relation: 'eq' },
});

const list = { pages: [page([entry(15), entry(14)], 'c1'), page([entry(13), entry(12)], 'c2')], pageParams: [null, 'c1'] };
const seqs = (pages: EventPage[]) => entriesOf(pages).map(({ seq }) => seq);

describe('withArrived', () => {
  it('puts new entries on top, counts them, and keeps the older pages', () => {
    const merged = withArrived(list, [entry(16), entry(17)]);
    expect(seqs(merged.pages)).toEqual([17, 16, 15, 14, 13, 12]);
    expect(merged.pages.at(-1)?.next_cursor).toBe('c2');
    expect(merged.pages[0]?.total.value).toBe(11);
  });
  it('puts a late entry where it belongs, in whichever page', () => {
    expect(seqs(withArrived(list, [entry(21, 14), entry(22, 13)]).pages)).toEqual([15, 21, 14, 22, 13, 12]);
  });
  it('leaves out what an older page will bring', () => {
    expect(withArrived(list, [entry(23, 1)])).toBe(list);
    expect(belonging(list, [entry(23, 1)])).toEqual([]);
  });
  it('takes the oldest too when there is no older page', () => {
    const whole = { pages: [page([entry(5)], null)], pageParams: [null] };
    expect(seqs(withArrived(whole, [entry(9, 1)]).pages)).toEqual([5, 9]);
  });
  it('fills an empty list', () => {
    expect(seqs(withArrived({ pages: [page([], null)], pageParams: [null] }, [entry(1)]).pages)).toEqual([1]);
  });
  it('never shows an entry twice', () => {
    expect(withArrived(list, [entry(15), entry(13)])).toBe(list);
  });
});
