import type { EventFilter } from '~/api/types';
import { activeFilters } from '~/features/audit-logs/search';

// "Category: Sign-in, Email: zoe@acme.example"
export const filterWords = (filter: EventFilter): string =>
  activeFilters(filter)
    .map(({ label, value }) => `${label}: ${value}`)
    .join(', ');
