import { expect, it } from 'vitest';
import { formatBytes, formatTotal, plural } from './format';

it('says when the total is capped', () => {
  expect(formatTotal(50, { value: 10_000, relation: 'gte' })).toBe('50 of more than 10,000');
  expect(formatTotal(7, { value: 7, relation: 'eq' })).toBe('7 of 7');
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [48_300, '48 kB'],
  [999_700, '1.0 MB'],
  [12_345_678, '12 MB'],
])('%i bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('counts', () => {
  expect(plural(1, 'entry', 'entries')).toBe('1 entry');
  expect(plural(2_500, 'entry', 'entries')).toBe('2,500 entries');
});
