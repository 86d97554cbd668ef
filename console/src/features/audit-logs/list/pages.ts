import type { AuditRecord, EventPage } from '~/api/types';

export interface Pages {
  pages: EventPage[];
  pageParams: unknown[];
}

export const entriesOf = (pages: EventPage[]): AuditRecord[] => pages.flatMap((page) => page.data);

// Newest first, as the server orders: by when it happened, then by sequence number.
export const newestFirst = (a: AuditRecord, b: AuditRecord): number =>
  a.occurred_at === b.occurred_at ? b.seq - a.seq : a.occurred_at < b.occurred_at ? 1 : -1;

// Of what arrived, that which belongs among the loaded entries: not there yet, and not so far back that it will come
// with an older page.
export function belonging({ pages }: Pages, arrived: AuditRecord[]): AuditRecord[] {
  const shown = entriesOf(pages);
  const known = new Set(shown.map((entry) => entry.id));
  const last = shown.at(-1);
  const reachesBack = pages.at(-1)?.has_more === true;
  return arrived.filter((entry) => !known.has(entry.id) && !(reachesBack && last && newestFirst(entry, last) > 0));
}

const grown = (total: EventPage['total'], by: number): EventPage['total'] => (total.relation === 'eq' ? { ...total, value: total.value + by } : total);

// The list with what arrived in it, in the server's order. The cursors of the older pages stay good: they stand at an
// entry, not at a count. All of it goes into the first page it fits before.
export function withArrived(list: Pages, arrived: AuditRecord[]): Pages {
  const fresh = belonging(list, arrived);
  const [first, ...older] = list.pages;
  if (!first || fresh.length === 0) return list;
  let left = fresh;
  const pages = [first, ...older].map((page, i, all) => {
    const end = page.data.at(-1);
    const isLast = i === all.length - 1;
    const mine = left.filter((entry) => isLast || end === undefined || newestFirst(entry, end) < 0);
    left = left.filter((entry) => !mine.includes(entry));
    return mine.length === 0 ? page : { ...page, data: [...page.data, ...mine].sort(newestFirst) };
  });
  const head = pages[0] ?? first;
  return { pages: [{ ...head, total: grown(head.total, fresh.length) }, ...pages.slice(1)], pageParams: list.pageParams };
}
