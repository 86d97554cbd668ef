import { expect, it } from 'vitest';
import type { AuditRecord } from '~/api/types';
import { nearest, neighboursOf } from './neighbours';

const entry = (seq: number): AuditRecord => ({
  v: 1,
  seq,
  id: `e${seq}`,
  nonce: 'n'.repeat(22),
  organization_id: 'acme',
  received_at: '2026-11-22T14:00:00Z',
  occurred_at: `2026-11-22T10:00:0${seq}Z`,
  action: 'a',
  actor: { id: 'u' },
});
const ids = (entries: AuditRecord[]) => entries.map(({ seq }) => seq);

it('tells a session in the order in which it happened', () => {
  expect(ids(neighboursOf([entry(5), entry(3), entry(2)], entry(3)))).toEqual([2, 3, 5]);
  expect(ids(neighboursOf([], entry(3)))).toEqual([3]);
});

it('shows what is nearest', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(entry);
  expect(ids(nearest(all, 'e5', 3))).toEqual([4, 5, 6]);
  expect(ids(nearest(all, 'e1', 3))).toEqual([1, 2, 3]);
  expect(ids(nearest(all, 'e9', 3))).toEqual([7, 8, 9]);
  expect(ids(nearest(all.slice(0, 2), 'e2', 7))).toEqual([1, 2]);
});
