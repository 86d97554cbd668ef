import type { EventFilter } from '~/api/types';
import { parseAuditSearch, queryInWords } from '~/features/audit-logs/search';

// One value may stand for a list of one.
const listed = (values: string | string[] | undefined) => (values === undefined ? undefined : [values].flat().join(','));

// "Category: Sign-in, User: zoe@acme.example"; also of a filter that was asked for by parameters of its own.
export function filterWords(filter: EventFilter): string {
  const { category, outcome, ...texts } = filter;
  return queryInWords(parseAuditSearch({ ...texts, category: listed(category), outcome: listed(outcome) }).query);
}
