import type { EventQuery } from '~/api/types';
import { fieldLabel, valueLabel } from './query/fields';
import { formatTerm, parseTerms, type Term } from './query/terms';

// The state of the page as its address holds it: a link shows what its sender saw.
export interface AuditSearch {
  query?: string; // the search language
  range?: string; // "24h", "7d": back from now; absent with from and to, or for the default
  from?: string;
  to?: string;
  event?: string; // the entry that is open
}

export const queryMax = 2048;

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

// Links of before the language had one parameter for each field.
const formerFields = { name: 'actor', email: 'actor', action: 'action', area: 'area', ip: 'ip', category: 'category', outcome: 'outcome' } as const;

function formerQuery(raw: Record<string, unknown>): string[] {
  const words = textOf(raw['q'], 256);
  const terms = Object.entries(formerFields).flatMap(([key, field]) => {
    const value = textOf(raw[key], 256);
    if (value === undefined) return [];
    const several = key === 'category' || key === 'outcome';
    return [formatTerm({ negated: false, field, values: several ? value.split(',') : [value] })];
  });
  return words === undefined ? terms : [formatTerm({ negated: false, field: null, values: [words] }), ...terms];
}

// Takes whatever stands in the address and keeps what means something.
export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  // The router asks again with what it got before, old parameters still among it.
  const query = textOf(raw['query'], queryMax) ?? formerQuery(raw).join(' ').slice(0, queryMax);
  const range = /^[1-9]\d{0,3}[hd]$/.test(String(raw['range'])) ? String(raw['range']) : undefined;
  const from = timeOf(raw['from']);
  const to = timeOf(raw['to']);
  return changed({}, { query, range: from ?? to ? undefined : range, from, to, event: textOf(raw['event'], 64) });
}

export type Change = { [K in keyof AuditSearch]?: AuditSearch[K] | undefined };

export const changed = (search: AuditSearch, change: Change): AuditSearch =>
  Object.fromEntries(Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== ''));

export const queryOf = (search: AuditSearch, times: Pick<EventQuery, 'from' | 'to'>): EventQuery => ({
  ...(search.query === undefined ? {} : { query: search.query }),
  ...times,
});

const wordsOfTerm = ({ negated, field, values }: Term): string => {
  const words = field === null ? `“${values.join(', ')}”` : `${fieldLabel(field)}: ${values.map((value) => valueLabel(field, value)).join(' or ')}`;
  return negated ? `not ${words}` : words;
};

export interface ActiveTerm {
  term: Term;
  words: string;
}

// The terms of a query in words: "Category: Sign-in or Data", "not User: bot".
export const activeTerms = (query: string | undefined): ActiveTerm[] => parseTerms(query ?? '').map((term) => ({ term, words: wordsOfTerm(term) }));

export const queryInWords = (query: string | undefined): string =>
  activeTerms(query)
    .map(({ words }) => words)
    .join(', ');
