import type { AuditRecord, EventPage } from '~/api/types';

export interface Pages {
  pages: EventPage[];
  pageParams: unknown[];
}

export const entriesOf = (pages: EventPage[]): AuditRecord[] => pages.flatMap((page) => page.data);

// Which entries of a freshly read first page the list does not show yet.
export function newEntries(pages: EventPage[], head: EventPage): AuditRecord[] {
  const known = new Set(entriesOf(pages).map((entry) => entry.id));
  return head.data.filter((entry) => !known.has(entry.id));
}

// Newest first, as the server orders: by when it happened, then by sequence number.
const newestFirst = (a: AuditRecord, b: AuditRecord): number =>
  a.occurred_at === b.occurred_at ? b.seq - a.seq : a.occurred_at < b.occurred_at ? 1 : -1;

// The list with what is new in it. The cursors of the older pages stay good: they stand at an entry, not at a
// count. When the fresh page shares nothing with the list there may be more in between, and the list starts anew.
export function withHead(list: Pages, head: EventPage): Pages {
  const fresh = newEntries(list.pages, head);
  if (fresh.length === 0) return list;
  const [first, ...older] = list.pages;
  if (!first || fresh.length === head.data.length) return { pages: [head], pageParams: [null] };
  const merged = { ...first, data: [...fresh, ...first.data].sort(newestFirst) };
  return { pages: [merged, ...older], pageParams: list.pageParams };
}
