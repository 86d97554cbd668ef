import { describe, expect, it } from 'vitest';
import { columnsFrom, defaultColumns, gridTemplate, layoutFrom, leastWidthRem, moveColumn, rowHeight, toggleColumn } from './layout';

describe('what was remembered', () => {
  it.each([undefined, null, 'x', {}, { columns: [] }, { columns: ['nonsense'] }])('%j is the default', (value) => {
    expect(layoutFrom(value)).toEqual({ columns: defaultColumns, compact: false });
  });
  it('keeps an order, drops strangers and repetitions, and always has when and what', () => {
    expect(columnsFrom(['area', 'ip', 'area', 'toString', 'date'])).toEqual(['area', 'ip', 'date', 'action']);
    expect(layoutFrom({ columns: ['date', 'action'], compact: true })).toEqual({ columns: ['date', 'action'], compact: true });
  });
});

it('shows and hides a column, but not the fixed ones', () => {
  expect(toggleColumn(defaultColumns, 'ip')).toEqual([...defaultColumns, 'ip']);
  expect(toggleColumn(defaultColumns, 'area')).toEqual(['date', 'user', 'action']);
  expect(toggleColumn(defaultColumns, 'date')).toBe(defaultColumns);
});

it('moves a column, to the edge and no further', () => {
  expect(moveColumn(defaultColumns, 'area', -1)).toEqual(['date', 'user', 'area', 'action']);
  expect(moveColumn(defaultColumns, 'date', 1)).toEqual(['user', 'date', 'action', 'area']);
  expect(moveColumn(defaultColumns, 'area', 1)).toBe(defaultColumns);
  expect(moveColumn(defaultColumns, 'ip', 1)).toBe(defaultColumns);
});

it('gives each column its room', () => {
  expect(gridTemplate(['date', 'ip'])).toBe('13rem minmax(7.5rem, 0.7fr)');
  expect(leastWidthRem(['date', 'ip'])).toBe(23);
});

it('has rows of 44 px', () => {
  expect([rowHeight(false, false), rowHeight(true, false), rowHeight(true, true)]).toEqual([44, 30, 84]);
});
