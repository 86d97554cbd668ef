import { describe, expect, it } from 'vitest';
import { defaultLayout } from '~/features/audit-logs/list/layout';
import type { AuditSearch } from '~/features/audit-logs/search';
import { layoutOf, searchFrom, settingsFrom } from './view-settings';

const there = (search: AuditSearch) => {
  const { query = '', range = {} } = settingsFrom('n', false, search, defaultLayout);
  return searchFrom({ query, range });
};

describe('a view keeps', () => {
  it.each<AuditSearch>([{}, { query: 'a' }, { range: '24h' }, { range: '7d', query: 'area:x' }, { range: '1h' }, { from: '2026-11-22T10:00:00.000Z' }, { from: '2026-11-22T10:00:00.000Z', to: '2026-11-23T10:00:00.000Z' }])(
    '%j',
    (search) => {
      expect(there(search)).toEqual(search);
    },
  );
  it('columns and density, not the open entry', () => {
    const settings = settingsFrom('n', true, { event: 'e' }, { columns: ['date', 'action', 'ip'], compact: true });
    expect(settings).toEqual({ name: 'n', shared: true, range: {}, columns: ['date', 'action', 'ip'], density: 'compact' });
    expect(layoutOf({ columns: ['date', 'action', 'ip'], density: 'compact' }, defaultLayout)).toEqual({ columns: ['date', 'action', 'ip'], compact: true });
  });
});

it('a view without columns leaves those that are there', () => {
  expect(layoutOf({ columns: [], density: '' }, { columns: ['date', 'action'], compact: true })).toEqual({ columns: ['date', 'action'], compact: true });
});
