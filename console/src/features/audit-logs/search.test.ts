import { describe, expect, it } from 'vitest';
import { activeFilters, filterOf, parseAuditSearch, queryOf, withoutFilters } from './search';

describe('parseAuditSearch', () => {
  it('keeps what means something', () => {
    const raw = { q: ' müller ', category: 'authentication', outcome: 'failure', range: '7d', event: 'e1' };
    expect(parseAuditSearch(raw)).toEqual({ q: 'müller', category: 'authentication', outcome: 'failure', range: '7d', event: 'e1' });
  });
  it('drops what does not', () => {
    expect(parseAuditSearch({ q: '  ', category: 'toString', outcome: 'success;drop', range: 'ever', from: 'x', junk: '1', name: 3 })).toEqual({});
  });
  it('lets own times win over a range', () => {
    expect(parseAuditSearch({ from: '2026-11-22T10:00Z', range: '7d' })).toEqual({ from: '2026-11-22T10:00:00.000Z' });
  });
  it('takes several categories', () => {
    expect(parseAuditSearch({ category: 'permission,junk,configuration,permission' }).category).toBe('permission,configuration');
  });
  it('bounds lengths', () => {
    expect(parseAuditSearch({ q: 'x'.repeat(1000) }).q).toHaveLength(256);
  });
});

const search = parseAuditSearch({ q: 'a', category: 'permission,configuration', range: '24h', event: 'e1' });

it('sends the filters, not the state of the page', () => {
  expect(filterOf(search)).toEqual({ q: 'a', category: ['permission', 'configuration'] });
  expect(queryOf(search, { from: 'F' })).toEqual({ q: 'a', category: ['permission', 'configuration'], from: 'F' });
});

it('keeps range and open entry when the filters are cleared', () => {
  expect(withoutFilters(search)).toEqual({ range: '24h', event: 'e1' });
});

it('names the filters in words', () => {
  expect(activeFilters({ category: ['authentication'], outcome: ['failure', 'unknown'], q: 'x' })).toEqual([
    { key: 'q', label: 'Any field', value: 'x' },
    { key: 'category', label: 'Category', value: 'Sign-in' },
    { key: 'outcome', label: 'Outcome', value: 'Failed or Unknown' },
  ]);
});
