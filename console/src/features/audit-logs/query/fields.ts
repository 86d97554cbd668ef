import { texts } from '~/texts/audit-logs';

// The fields of the search language (docs/search.md), in the order in which they are offered.
const names = ['actor', 'action', 'area', 'category', 'outcome', 'ip', 'target', 'application', 'is', 'name', 'email', 'status', 'session', 'request', 'crud', 'id'];

export const fields = names.map((name) => ({ name, hint: texts.hints[name] ?? '' }));

export const fieldLabel = (field: string): string => texts.fields[field] ?? field;

interface Known {
  value: string;
  label: string;
}

const knownOf = (words: Record<string, string>): Known[] => Object.entries(words).map(([value, label]) => ({ value, label }));

export const flags = knownOf(texts.flags);

const few: Record<string, Known[]> = {
  category: knownOf(texts.categories),
  outcome: knownOf(texts.outcomes),
  crud: knownOf(texts.cruds),
  status: ['400', '401', '403', '404', '500', '503'].map((value) => ({ value, label: value })),
};

// The values of a field that has few of them.
export const knownValues = (field: string): Known[] => few[field] ?? [];

// Fields whose values the server completes.
export const completedByServer: readonly string[] = ['actor', 'action', 'area', 'target', 'application', 'ip'];

// How a value is called: "authentication" is "Sign-in".
export const valueLabel = (field: string, value: string): string =>
  (field === 'is' ? flags : knownValues(field)).find((known) => known.value === value.toLowerCase())?.label ?? value;
