import type { Category, EventFilter, EventQuery, Outcome } from '~/api/types';

// The state of the page as its address holds it. Every filter is in the URL: a link shows what its sender saw.
export interface AuditSearch {
  range?: string; // "24h", "7d": back from now; absent with from and to, or for the default
  from?: string;
  to?: string;
  q?: string;
  name?: string;
  email?: string;
  action?: string;
  area?: string;
  category?: string; // one or several, "permission,configuration"
  outcome?: string;
  ip?: string;
  event?: string; // the entry that is open
}

export const categories: Record<Category, string> = {
  authentication: 'Sign-in',
  data: 'Data',
  permission: 'Permissions',
  configuration: 'Configuration',
  export: 'Exports',
  error: 'Errors',
  other: 'Other',
};
export const outcomes: Record<Outcome, string> = { success: 'Succeeded', failure: 'Failed', unknown: 'Unknown' };

const textKeys = ['q', 'name', 'email', 'action', 'area', 'ip'] as const;
const labels = {
  q: 'Any field',
  name: 'Name',
  email: 'Email',
  action: 'Action',
  area: 'Area',
  ip: 'IP address',
  category: 'Category',
  outcome: 'Outcome',
} as const;
export type FilterKey = keyof typeof labels;
export const filterKeys = Object.keys(labels) as FilterKey[];

const listOf = <T extends string>(value: unknown, allowed: Record<T, string>): T[] =>
  typeof value === 'string' ? [...new Set(value.split(','))].filter((item): item is T => Object.hasOwn(allowed, item)) : [];

const timeOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

const textOf = (value: unknown, max: number): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, max);
  return text === '' ? undefined : text;
};

// Takes whatever stands in the address and keeps what means something.
export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const search: AuditSearch = {};
  const put = <K extends keyof AuditSearch>(key: K, value: AuditSearch[K] | undefined) => {
    if (value !== undefined) search[key] = value;
  };
  put('from', timeOf(raw['from']));
  put('to', timeOf(raw['to']));
  if (!search.from && !search.to && /^\d{1,4}[hd]$/.test(String(raw['range']))) put('range', String(raw['range']));
  for (const key of textKeys) put(key, textOf(raw[key], key === 'ip' ? 45 : 256));
  put('category', listOf(raw['category'], categories).join(',') || undefined);
  put('outcome', listOf(raw['outcome'], outcomes).join(',') || undefined);
  put('event', textOf(raw['event'], 64));
  return search;
}

export function filterOf(search: AuditSearch): EventFilter {
  const filter: EventFilter = {};
  for (const key of textKeys) if (search[key] !== undefined) filter[key] = search[key];
  const category = listOf(search.category, categories);
  const outcome = listOf(search.outcome, outcomes);
  if (category.length > 0) filter.category = category;
  if (outcome.length > 0) filter.outcome = outcome;
  return filter;
}

export const queryOf = (search: AuditSearch, times: Pick<EventQuery, 'from' | 'to'>): EventQuery => ({
  ...filterOf(search),
  ...times,
});

export function withoutFilters(search: AuditSearch): AuditSearch {
  return Object.fromEntries(Object.entries(search).filter(([key]) => !filterKeys.includes(key as FilterKey)));
}

export interface ActiveFilter {
  key: FilterKey;
  label: string;
  value: string;
}

export function activeFilters(filter: EventFilter): ActiveFilter[] {
  return filterKeys.flatMap((key) => {
    const value = filter[key];
    return value === undefined ? [] : [{ key, label: labels[key], value: wordsOf(key, [value].flat()) }];
  });
}

function wordsOf(key: FilterKey, values: string[]): string {
  if (key === 'category') return values.map((value) => categories[value as Category]).join(' or ');
  if (key === 'outcome') return values.map((value) => outcomes[value as Outcome]).join(' or ');
  return values.join(', ');
}
