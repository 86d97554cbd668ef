import { expect, it } from 'vitest';
import { bodyOf, formOf, isSame } from './destination-form';

const present = { s3: { destination: 's3-a', path: 'packs' }, keep_sftp: true, compare_until: '2026-12-01T00:00:00Z', sinks: ['s3' as const], places: [], comparisons: null };

it('sends back what is there', () => {
  expect(bodyOf(formOf(present))).toEqual({ s3: { destination: 's3-a', path: 'packs' }, keep_sftp: true, compare_until: '2026-12-01T00:00:00.000Z' });
});
it('goes to SFTP without a bucket', () => {
  expect(bodyOf({ ...formOf(present), to: 'sftp' })).toEqual({ s3: null, keep_sftp: false });
  expect(bodyOf({ ...formOf(present), bucket: '' })).toEqual({ s3: null, keep_sftp: false });
});
it('leaves an empty path and an empty time out', () => {
  expect(bodyOf({ to: 's3', bucket: 's3-a', path: ' ', keepSftp: false, compareUntil: '' })).toEqual({ s3: { destination: 's3-a' }, keep_sftp: false });
});
it('knows what is no change', () => {
  const form = formOf({ ...present, s3: null, keep_sftp: false, compare_until: null });
  expect(isSame(form, { ...form, path: 'other' })).toBe(true);
  expect(isSame(form, { ...form, to: 's3', bucket: 's3-a' })).toBe(false);
});
