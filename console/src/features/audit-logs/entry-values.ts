import type { AuditRecord } from '~/api/types';
import { texts } from '~/texts/audit-logs';
import { actionLabel, actorHandle, actorName, targetNames } from './entry/sentence';
import type { ColumnId } from './list/layout';
import type { PickedValue } from './value-menu';

// Exactly this: a part of a name could be another's whole name.
export const exactly = (field: string, text: string): PickedValue => ({ field, value: `=${text}`, text });
const plainly = (field: string, text: string): PickedValue => ({ field, value: text, text });

// The values of an entry that a column shows, as the search language knows them.
export function valueOf(entry: AuditRecord, column: ColumnId): PickedValue | null {
  switch (column) {
    case 'user':
      return exactly('actor', actorName(entry.actor));
    case 'action':
      return exactly('action', actionLabel(entry));
    case 'area':
      return entry.area ? exactly('area', entry.area) : null;
    case 'application':
      return entry.application ? exactly('application', entry.application) : null;
    case 'ip':
      return entry.context?.ip ? plainly('ip', entry.context.ip) : null;
    case 'category':
      return entry.category ? plainly('category', entry.category) : null;
    case 'outcome':
      return entry.outcome ? plainly('outcome', entry.outcome) : null;
    case 'target': {
      const name = targetNames(entry)[0];
      return name ? exactly('target', name) : null;
    }
    case 'date':
      return null;
  }
}

export function handleOf(entry: AuditRecord): PickedValue | null {
  const handle = actorHandle(entry.actor);
  return handle === undefined ? null : exactly('actor', handle);
}

// What a value is called when it is shown.
export function shownValue({ field, text }: PickedValue): string {
  if (field === 'category') return texts.categories[text] ?? text;
  if (field === 'outcome') return texts.outcomes[text] ?? text;
  return text;
}

export const hasFailed = (entry: AuditRecord): boolean => entry.outcome === 'failure' || (entry.http_status ?? 0) >= 400;

const vendorArea = 'Vendor access';

// What the vendor's own staff did in the organization: always marked, never to be hidden.
export const isVendorAccess = (entry: AuditRecord): boolean => entry.area === vendorArea;
