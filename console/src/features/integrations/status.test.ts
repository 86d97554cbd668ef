import { expect, it } from 'vitest';
import type { Destination } from '~/api/types';
import { cardWords, lagWords, placeOf } from './status';

const destination = (extra: Partial<Destination>): Destination => ({ id: 'd', state: 'active', frequency: 'hourly', auth: { mode: 'common_role' }, ...extra });

it('the card says the worst', () => {
  expect(cardWords([]).text).toBe('Not connected');
  expect(cardWords([destination({}), destination({ state: 'suspended' })]).text).toBe('Connected · needs you');
  expect(cardWords([destination({ state: 'draft' })]).text).toBe('Not connected · draft saved');
  expect(cardWords([destination({ state: 'draft' }), destination({})]).text).toBe('Connected · healthy');
});

it('says how far behind, or nothing', () => {
  expect(lagWords(destination({ delivered_seq: 1000, head_seq: 3500, lag_seconds: 240 }))).toBe('2,500 entries not delivered yet, the oldest 4 min 0 s old');
  expect(lagWords(destination({ delivered_seq: 5, head_seq: 5 }))).toBeNull();
  expect(lagWords(destination({}))).toBeNull();
});

it('writes the place', () => {
  expect(placeOf(destination({ bucket: 'b', path: '/audit/' }))).toBe('s3://b/audit/');
  expect(placeOf(destination({ bucket: 'b' }))).toBe('s3://b/');
});
