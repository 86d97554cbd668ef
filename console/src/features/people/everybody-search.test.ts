import { expect, test } from 'vitest';
import { parseQueryString, toQueryString } from '~/lib/query-string';
import { isNarrowed, notSince, parseEverybodySearch } from './everybody-search';

test('an address says whom the list shows', () => {
  const search = { q: 'ann', operators: 'true', org: 'acme', role: 'admin', state: 'disabled', factor: 'off', quiet: '90d' };
  expect(parseEverybodySearch(parseQueryString(toQueryString(search)))).toEqual(search);
  expect(isNarrowed(parseEverybodySearch(search))).toBe(true);
});

test('what makes no sense in it is left out', () => {
  const found = parseEverybodySearch({ q: 7, operators: 'maybe', org: 'a/../b', role: 'king', state: '', factor: 'half', quiet: '1d', more: 'x' });
  expect(found).toEqual({});
  expect(isNarrowed(found)).toBe(false);
});

test('not signed in since is counted in whole days', () => {
  const now = Date.parse('2026-11-23T22:10:00Z');
  expect(notSince('30d', now)).toBe('2026-10-24T00:00:00Z');
  expect(notSince('90d', now)).toBe('2026-08-25T00:00:00Z');
  expect(notSince('never', now)).toBe('1970-01-01T00:00:00Z');
});
