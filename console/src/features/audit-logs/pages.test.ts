import { describe, expect, it } from 'vitest';
import type { AuditRecord, EventPage } from '~/api/types';
import { entriesOf, newEntries, withHead } from './pages';

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

const page = (seqs: AuditRecord[], cursor: string | null = 'next'): EventPage => ({
  data: seqs,
  next_cursor: cursor,
  has_more: cursor !== null,
  watermark: '2026-11-22T14:00:00.000000Z',
  total: { value: 9, relation: 'eq' },
});

const list = { pages: [page([entry(5), entry(4)], 'c1'), page([entry(3), entry(2)], 'c2')], pageParams: [null, 'c1'] };

describe('withHead', () => {
  it('puts new entries on top and keeps the older pages', () => {
    const merged = withHead(list, page([entry(6), entry(5)]));
    expect(entriesOf(merged.pages).map((e) => e.seq)).toEqual([6, 5, 4, 3, 2]);
    expect(merged.pages.at(-1)?.next_cursor).toBe('c2');
  });
  it('puts a late entry where it belongs', () => {
    const merged = withHead(list, page([entry(5), entry(7, 4), entry(4)]));
    expect(entriesOf(merged.pages).map((e) => e.seq)).toEqual([5, 7, 4, 3, 2]);
  });
  it('starts anew when there may be a gap', () => {
    const merged = withHead(list, page([entry(9), entry(8)], 'c9'));
    expect(entriesOf(merged.pages).map((e) => e.seq)).toEqual([9, 8]);
    expect(merged.pageParams).toEqual([null]);
  });
  it('changes nothing when nothing is new', () => {
    expect(withHead(list, page([entry(5), entry(4)]))).toBe(list);
  });
});

it('counts what is new', () => {
  expect(newEntries(list.pages, page([entry(7), entry(6), entry(5)]))).toHaveLength(2);
});
