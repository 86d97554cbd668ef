// What the mock server knows. In memory, made anew at each start.
import { randomBytes } from 'node:crypto';
import { liveRandom, makeRecord, makeRecords } from './records.ts';
import type { AuditRecord, Org, Person, Schemas } from './types.ts';

const all = { audit_logs: true, data_packs: true, s3: true };

export const orgs: Org[] = [
  { id: 'acme', name: 'Acme', entitlements: all, viewing_window_days: 30 },
  { id: 'globex', name: 'Globex', entitlements: { audit_logs: false, data_packs: false, s3: false }, viewing_window_days: 30 },
  { id: 'initech', name: 'Initech', entitlements: all, viewing_window_days: 7 },
];

export const password = 'correct horse battery';

export const people: Person[] = [
  { id: 'p1', email: 'ann@acme.example', name: 'Ann Porter', operator: false, roles: { acme: 'primary_admin', globex: 'admin', initech: 'admin' } },
  { id: 'p2', email: 'mia@acme.example', name: 'Mia Member', operator: false, roles: { acme: 'member' } },
  { id: 'p4', email: 'tia@acme.example', name: 'Tia Two', operator: false, roles: { acme: 'admin' } },
  { id: 'p5', email: 'rob@acme.example', name: 'Rob Retired', operator: false, roles: { acme: 'member' } },
  { id: 'p6', email: 'sue@mixed.sso.example', name: 'Sue Sign-On', operator: false, roles: { acme: 'admin' } },
  { id: 'p3', email: 'op@vendor.example', name: 'Otto Operator', operator: true, roles: {} },
];

const records = new Map<string, AuditRecord[]>();
export function recordsOf(org: string): AuditRecord[] {
  let list = records.get(org);
  if (!list) {
    list = org === 'acme' ? makeRecords(org, 4200, Date.now()) : [];
    records.set(org, list);
  }
  return list;
}

export function addRecord(org: string, override: Partial<AuditRecord> = {}): AuditRecord {
  const list = recordsOf(org);
  const record = makeRecord(org, list.length + 1, Date.now(), liveRandom, override);
  list.push(record);
  return record;
}

export interface SessionState {
  person: Person;
  csrf: string;
  guest?: boolean;
  portal?: Schemas['Session']['portal'];
  hasEndedOthers?: boolean;
}
export const sessions = new Map<string, SessionState>();
export const token = (bytes = 24): string => randomBytes(bytes).toString('base64url');

export interface ExportState {
  org: string;
  startedMs: number;
  item: Schemas['Export'];
  csv: string;
  isEndless: boolean;
}
export const exports: ExportState[] = [];

export interface DestinationState {
  org: string;
  item: Schemas['Destination'];
  validated: boolean;
}
export const destinations: DestinationState[] = [];
