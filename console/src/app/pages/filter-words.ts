import type { EventFilter } from '~/api/types';
import { parseAuditSearch, queryInWords } from '~/features/audit-logs/search';

// "Category: Sign-in, User: zoe@acme.example"; also of a filter that was asked for by parameters of its own.
export function filterWords(filter: EventFilter): string {
  const { category, outcome, ...texts } = filter;
  return queryInWords(parseAuditSearch({ ...texts, category: category?.join(','), outcome: outcome?.join(',') }).query);
}
