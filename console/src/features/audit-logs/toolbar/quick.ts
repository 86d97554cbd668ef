import { hasValue, valuesIn, withoutValue, withValue } from '~/features/audit-logs/query/terms';
import { texts } from '~/texts/audit-logs';

export interface Quick {
  label: string;
  field: string;
  value: string;
}

// The standing questions, each one term of the search language.
export const quickFilters: Quick[] = [
  { label: texts.quick.unauthorised, field: 'is', value: 'unauthorised' },
  { label: texts.quick.critical, field: 'is', value: 'critical_change' },
  { label: texts.quick.signIns, field: 'category', value: 'authentication' },
  { label: texts.quick.exports, field: 'category', value: 'export' },
  { label: texts.quick.errors, field: 'category', value: 'error' },
];

// Alone in its field: "category:export,error" asks none of the questions.
export const isPressed = (query: string, { field, value }: Quick): boolean => hasValue(query, field, value) && valuesIn(query, field).length === 1;

// One question at a time: the others go; pressed again it goes too.
export function press(query: string, quick: Quick): string {
  const wasPressed = isPressed(query, quick);
  const bare = quickFilters.reduce((text, { field, value }) => withoutValue(text, field, value), query);
  return wasPressed ? bare : withValue(bare, quick.field, quick.value);
}
