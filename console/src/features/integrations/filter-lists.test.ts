import { expect, it } from 'vitest';
import { emptyFilter, filterOf, listsOf, toggled } from './filter-lists';

it('sends no filter when all lists are empty', () => expect(filterOf(emptyFilter)).toBeNull());
it('leaves empty lists out', () => expect(filterOf({ ...emptyFilter, areas: ['Billing'] })).toEqual({ areas: ['Billing'] }));
it('reads what was saved', () => {
  expect(listsOf(null)).toEqual(emptyFilter);
  expect(listsOf({ actions: ['user.signed_in'] })).toEqual({ ...emptyFilter, actions: ['user.signed_in'] });
});
it('ticks and unticks', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});
