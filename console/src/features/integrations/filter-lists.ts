import type { DestinationSettings } from '~/api/types';

// The lists of a filter as they are edited: empty lets everything through.
export interface FilterLists {
  categories: string[];
  actions: string[];
  areas: string[];
}

export const emptyFilter: FilterLists = { categories: [], actions: [], areas: [] };

export const listsOf = (filter: DestinationSettings['filter']): FilterLists => ({
  categories: filter?.categories ?? [],
  actions: filter?.actions ?? [],
  areas: filter?.areas ?? [],
});

// An empty list would let nothing through: it is left out.
export function filterOf(lists: FilterLists): NonNullable<DestinationSettings['filter']> | null {
  const filter = Object.fromEntries(Object.entries(lists).filter(([, values]) => (values as string[]).length > 0));
  return Object.keys(filter).length > 0 ? filter : null;
}

export const toggled = (values: string[], value: string): string[] => (values.includes(value) ? values.filter((item) => item !== value) : [...values, value]);
