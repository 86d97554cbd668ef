import { expect, it } from 'vitest';
import { parseQueryString, toQueryString } from './query-string';

it('keeps text as text', () => {
  expect(parseQueryString('?q=42&name=true&area=a%20%26+b')).toEqual({ q: '42', name: 'true', area: 'a & b' });
});

it.each([{ q: '100% "ü" +&=' }, { from: '2026-11-22T10:00:00.000Z', q: '42' }, {}])('goes there and back: %j', (values) => {
  expect(parseQueryString(toQueryString(values))).toEqual(values);
});

it('leaves out what is not set', () => {
  expect(toQueryString({ q: '', name: undefined, area: 'x' })).toBe('?area=x');
  expect(toQueryString({})).toBe('');
});
