import type { AuditRecord } from '~/api/types';
import { newestFirst } from '~/features/audit-logs/list/pages';

// The entries of a session or request in the order in which they happened, this one among them.
export function neighboursOf(found: AuditRecord[], record: AuditRecord): AuditRecord[] {
  const others = found.filter(({ id }) => id !== record.id);
  return [...others, record].sort(newestFirst).reverse();
}

// The `count` entries nearest to one, that one in the middle where there are enough on both sides.
export function nearest(all: AuditRecord[], id: string, count: number): AuditRecord[] {
  const at = all.findIndex((entry) => entry.id === id);
  const start = Math.max(0, Math.min(at - Math.floor(count / 2), all.length - count));
  return all.slice(start, start + count);
}
