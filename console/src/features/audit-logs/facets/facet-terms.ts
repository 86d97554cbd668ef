import type { CountedValue, FacetField } from '~/api/types';
import { excludedIn, sameValue, valuesIn } from '~/features/audit-logs/query/terms';
import { valueLabel } from '~/features/audit-logs/query/fields';

export const facetFields: FacetField[] = ['category', 'outcome', 'area', 'action', 'actor', 'application'];

// Fields whose values are whole by themselves; of the others "=x" asks for exactly x.
const wholeFields = ['category', 'outcome', 'crud', 'status'];

export interface FacetValue {
  term: string; // as it stands in the query
  label: string;
  count: number | null; // null: chosen, but not among the counted
  isChosen: boolean;
  isExcluded: boolean;
}

// How a counted value is written in a query: by its label where that says which one is meant.
export function termOf(field: string, counted: CountedValue, all: CountedValue[]): string {
  if (wholeFields.includes(field)) return counted.value;
  const { label } = counted;
  const isClear = label !== undefined && all.filter((other) => other.label !== undefined && sameValue(other.label, label)).length === 1;
  return `=${isClear ? label : counted.value}`;
}

const labelOf = (field: string, value: string): string => valueLabel(field, value.replace(/^=/, ''));

// The values to tick, most frequent first; what the query asks for stays in sight even when it is not among them.
export function facetValues(field: FacetField, counted: CountedValue[], query: string): FacetValue[] {
  const chosen = valuesIn(query, field);
  const excluded = excludedIn(query, field);
  const isIn = (list: string[], value: CountedValue, term: string) => list.some((item) => sameValue(item, term) || sameValue(item, `=${value.value}`) || sameValue(item, value.value));
  const listed = counted.map((value): FacetValue => {
    const term = termOf(field, value, counted);
    return { term, label: value.label ?? valueLabel(field, value.value), count: value.count, isChosen: isIn(chosen, value, term), isExcluded: isIn(excluded, value, term) };
  });
  const isListed = (item: string) => counted.some((value) => isIn([item], value, termOf(field, value, counted)));
  const others = [
    ...chosen.filter((item) => !isListed(item)).map((term): FacetValue => ({ term, label: labelOf(field, term), count: null, isChosen: true, isExcluded: false })),
    ...excluded.filter((item) => !isListed(item)).map((term): FacetValue => ({ term, label: labelOf(field, term), count: null, isChosen: false, isExcluded: true })),
  ];
  return [...listed, ...others];
}
