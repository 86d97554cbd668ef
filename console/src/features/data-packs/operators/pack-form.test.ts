import { describe, expect, it } from 'vitest';
import { bodyOf, emptyPack, idsOf, isBreaking, isWhole, type PackForm } from './pack-form';

const form: PackForm = { ...emptyPack, name: ' Orders ', source: 'shop', query: 'SELECT 1 WHERE org = :org' };

describe('bodyOf', () => {
  it('leaves out what is empty', () => {
    expect(bodyOf(form)).toEqual({
      name: 'Orders', source: { id: 'shop', query: 'SELECT 1 WHERE org = :org' }, format: { type: 'csv', compression: 'gzip' }, mode: 'full', schedule: { every: 'daily', at: '05:00' }, size_tolerance_percent: 50,
    });
  });
  it.each<[Partial<PackForm>, object]>([
    [{ every: 'weekly', weekday: 'friday', zone: 'Europe/Berlin' }, { every: 'weekly', weekday: 'friday', at: '05:00', zone: 'Europe/Berlin' }],
    [{ every: 'monthly', day: '31', at: '' }, { every: 'monthly', day: 31 }],
    [{ every: 'cron', cron: '0 4 * * *', day: '31' }, { every: 'cron', cron: '0 4 * * *' }],
  ])('%j', (change, schedule) => expect(bodyOf({ ...form, ...change }).schedule).toEqual(schedule));
  it('never holds for size when the tolerance is empty', () => expect(bodyOf({ ...form, tolerance: '' }).size_tolerance_percent).toBeNull());
  it('names the column of incremental packs only', () => {
    expect(bodyOf({ ...form, column: 'id' })).not.toHaveProperty('column');
    expect(bodyOf({ ...form, mode: 'incremental', column: 'id' })).toMatchObject({ mode: 'incremental', column: 'id' });
  });
  it('names the key of packs of changed rows only', () => {
    expect(bodyOf({ ...form, key: 'id' })).not.toHaveProperty('key');
    expect(bodyOf({ ...form, mode: 'changed', key: ' region, line no ,' })).toMatchObject({ mode: 'changed', key: ['region', 'line no'] });
  });
  it('says which files a source brings, and no query', () => {
    expect(bodyOf({ ...form, files: '*.csv', mode: 'incremental', column: 'id' }, undefined, true)).toMatchObject({ source: { id: 'shop', files: '*.csv' }, mode: 'full' });
    expect(isWhole({ ...form, query: '', files: '*' }, true)).toBe(true);
    expect(isWhole(form, true)).toBe(false);
  });
});

it('knows what is missing', () => {
  expect(isWhole(form)).toBe(true);
  for (const missing of [{ name: ' ' }, { source: '' }, { query: '' }, { mode: 'incremental' as const }, { mode: 'changed' as const, key: ' , ' }, { every: 'cron' as const }]) expect(isWhole({ ...form, ...missing })).toBe(false);
});
it('reads ids however they are separated', () => expect(idsOf(' acme, globex\nacme;x ')).toEqual(['acme', 'globex', 'x']));
it('knows what breaks readers', () => {
  expect(isBreaking([{ change: 'added' }])).toBe(false);
  expect(isBreaking([{ change: 'added' }, { change: 'retyped' }])).toBe(true);
});
