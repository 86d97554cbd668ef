import { expect, it } from 'vitest';
import type { Delivery, Destination } from '~/api/types';
import { cardWords, checkName, completeWords, lagWords, placeOf, presentOnes } from './status';

const destination = (extra: Partial<Destination>): Destination => ({ id: 'd', state: 'active', frequency: 'hourly', auth: { mode: 'common_role' }, ...extra });

it('the card says the worst', () => {
  expect(cardWords([]).text).toBe('Not connected');
  expect(cardWords([destination({}), destination({ state: 'suspended' })]).text).toBe('Connected · needs you');
  expect(cardWords([destination({ state: 'draft' })]).text).toBe('Not connected · draft saved');
  expect(cardWords([destination({ state: 'draft' }), destination({})]).text).toBe('Connected · healthy');
});

it('a destination that was given up is past, one that the vendor switched off is not', () => {
  const gone = destination({ state: 'disabled', pending: true, reason: null });
  const off = destination({ state: 'disabled', pending: false, reason: 'Switched off.' });
  expect(presentOnes([gone, off])).toEqual([off]);
  expect(cardWords([gone]).text).toBe('Not connected');
  expect(cardWords([off]).text).toBe('Connected · disabled');
});

it('says how far behind, or nothing', () => {
  expect(lagWords(destination({ delivered_seq: 1000, head_seq: 3500, lag_seconds: 240 }))).toBe('2,500 entries not delivered yet, the oldest due for 4 min 0 s');
  expect(lagWords(destination({ delivered_seq: 1, head_seq: 2, lag_seconds: 0 }))).toBe('1 entry for the next window');
  expect(lagWords(destination({ delivered_seq: 5, head_seq: 5 }))).toBeNull();
  expect(lagWords(destination({}))).toBeNull();
});

it('writes the place', () => {
  expect(placeOf(destination({ bucket: 'b', path: '/audit/' }))).toBe('s3://b/audit/');
  expect(placeOf(destination({ bucket: 'b' }))).toBe('s3://b/');
});

const delivery = (hour: number, state: Delivery['state']): Delivery => ({
  id: `${hour}`,
  destination: 'd',
  stream: 1,
  window: hour,
  start: `2026-11-22T${hour}:00:00Z`,
  end: `2026-11-22T${hour + 1}:00:00Z`,
  first_seq: 1,
  last_seq: 0,
  entries: 0,
  state,
  files: [],
  attempts: 1,
});

it('says until when everything is in the bucket', () => {
  const to = destination({ bucket: 'b', path: 'audit' });
  const words = (...list: Delivery[]) => completeWords(to, list);
  expect(words(delivery(13, 'delivered'), delivery(12, 'delivered'))).toBe('Everything received before 22 Nov 2026 14:00 UTC is in s3://b/audit/');
  expect(words(delivery(14, 'due'), delivery(13, 'failed'), delivery(12, 'delivered'))).toBe('Everything received before 22 Nov 2026 13:00 UTC is in s3://b/audit/');
  expect(words(delivery(13, 'due'))).toBeNull();
  expect(words()).toBeNull();
});

it('names checks, known and new', () => {
  expect(checkName('list')).toBe('List the bucket (s3:ListBucket)');
  expect(checkName('kms_key')).toBe('kms_key');
});
