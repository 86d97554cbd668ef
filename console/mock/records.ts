// Two weeks of believable entries, the same every time.
import type { AuditRecord } from './types.ts';

function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const people = [
  { id: 'u_1001', name: 'Zoë Müller', username: 'zoe', email: 'zoe@acme.example', role: 'admin' },
  { id: 'u_1002', name: 'Sam Lee', username: 'sam.lee', email: 'sam@acme.example', role: 'editor' },
  { id: 'u_1003', name: 'Ann Porter', username: 'ann', email: 'ann@acme.example', role: 'primary_admin' },
  { id: 'u_1004', name: '伊藤 さくら', username: 'sakura', email: 'sakura@acme.example', role: 'editor' },
  { id: 'u_1005', name: 'Olu Adeyemi', username: 'olu', email: 'olu@acme.example', role: 'viewer' },
  { id: 'u_1006', name: 'Renée d’Aubigné', username: 'renee', email: 'renee@acme.example', role: 'viewer' },
];

type Shape = Partial<AuditRecord> & { weight: number };

const ago = (text: string) => text;

const shapes: Shape[] = [
  { weight: 22, action: 'user.signed_in', action_label: 'Signed in', area: 'Sign-in', category: 'authentication', outcome: 'success', http_status: 200 },
  { weight: 6, action: 'user.signed_out', action_label: 'Signed out', area: 'Sign-in', category: 'authentication', outcome: 'success', http_status: 204 },
  {
    weight: 5,
    action: 'user.sign_in_failed',
    action_label: 'Sign-in failed',
    area: 'Sign-in',
    category: 'authentication',
    outcome: 'failure',
    http_status: 401,
    error: { code: 'wrong_password', message: 'The password did not match' },
  },
  {
    weight: 14,
    action: 'segment.created',
    action_label: 'Created segment',
    area: 'Segments',
    category: 'data',
    crud: 'create',
    outcome: 'success',
    http_status: 201,
    targets: [{ type: 'segment', id: 'seg_88', name: 'Enterprise EMEA' }],
    metadata: { members: 1841, tags: ['emea', 'enterprise'], estimate: { low: 1700, high: 2000 } },
  },
  {
    weight: 12,
    action: 'segment.updated',
    action_label: 'Updated segment',
    area: 'Segments',
    category: 'data',
    crud: 'update',
    outcome: 'success',
    http_status: 200,
    targets: [{ type: 'segment', id: 'seg_88', name: 'Enterprise EMEA' }],
    changes: [
      { field: 'name', before: 'EMEA', after: 'Enterprise EMEA' },
      { field: 'seats_min', before: 50, after: 200 },
      {
        field: 'description',
        before: ago('All customers in Europe, the Middle East and Africa with a running contract and more than fifty seats.'),
        after: ago('All customers in Europe, the Middle East and Africa with a running annual contract and more than two hundred seats.'),
      },
      { field: 'owner', before: null, after: { id: 'u_1002', name: 'Sam Lee' } },
    ],
  },
  { weight: 16, action: 'report.viewed', action_label: 'Viewed report', area: 'Reports', category: 'data', crud: 'read', outcome: 'success', http_status: 200, targets: [{ type: 'report', id: 'rep_7', name: 'Quarterly revenue' }] },
  { weight: 3, action: 'contact.deleted', action_label: 'Deleted contact', area: 'Contacts', category: 'data', crud: 'delete', outcome: 'success', http_status: 204, targets: [{ type: 'contact', id: 'con_431', name: 'J. Doe' }] },
  { weight: 4, action: 'invite.sent', action_label: 'Invite sent', area: 'People', category: 'permission', crud: 'create', outcome: 'success', http_status: 201, targets: [{ type: 'person', id: 'u_1007', name: 'Kim Nakamura' }] },
  {
    weight: 3,
    action: 'role.changed',
    action_label: 'Changed role',
    area: 'People',
    category: 'permission',
    crud: 'update',
    outcome: 'success',
    http_status: 200,
    targets: [{ type: 'person', id: 'u_1005', name: 'Olu Adeyemi' }],
    changes: [{ field: 'role', before: 'editor', after: 'viewer' }],
  },
  { weight: 2, action: 'sso.updated', action_label: 'Updated single sign-on', area: 'Security settings', category: 'configuration', crud: 'update', outcome: 'success', http_status: 200, changes: [{ field: 'enforced', before: false, after: true }] },
  { weight: 3, action: 'contacts.exported', action_label: 'Exported contacts', area: 'Contacts', category: 'export', outcome: 'success', http_status: 200, metadata: { rows: 12044, format: 'csv' } },
  { weight: 4, action: 'report.viewed', action_label: 'Viewed report', area: 'Reports', category: 'error', crud: 'read', outcome: 'failure', http_status: 403, error: { code: 'forbidden', message: 'Role viewer may not open this report' }, targets: [{ type: 'report', id: 'rep_9', name: 'Payroll' }] },
  { weight: 2, action: 'import.failed', action_label: 'Import failed', area: 'Contacts', category: 'error', crud: 'create', outcome: 'failure', http_status: 400, error: { code: 'bad_csv', message: 'Line 18: 5 fields instead of 6' } },
  { weight: 1, action: 'dashboard.failed', action_label: 'Dashboard did not load', area: 'Dashboards', category: 'error', outcome: 'failure', http_status: 500, error: { code: 'internal' } },
];

const total = shapes.reduce((sum, shape) => sum + shape.weight, 0);

function shapeAt(point: number): Partial<AuditRecord> {
  let left = point * total;
  for (const { weight, ...shape } of shapes) {
    left -= weight;
    if (left < 0) return shape;
  }
  return {};
}

const micros = (ms: number, extra: number) => new Date(ms).toISOString().replace('Z', `${String(extra).padStart(3, '0')}Z`);

// An entry number and a moment make an entry; keys in the order of the canonical record.
export function makeRecord(org: string, seq: number, atMs: number, random: () => number, override: Partial<AuditRecord> = {}): AuditRecord {
  const actor = people[Math.floor(random() * people.length)] ?? people[0];
  const shape = shapeAt(random());
  const extra = Math.floor(random() * 1000);
  const hex = (n: number) => Array.from({ length: n }, () => Math.floor(random() * 16).toString(16)).join('');
  return {
    v: 1,
    seq,
    received_at: micros(atMs + 180, extra),
    id: `019a${hex(4)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`,
    nonce: hex(22),
    organization_id: org,
    action: 'unknown',
    application: random() < 0.8 ? 'web' : 'api',
    occurred_at: micros(atMs, extra),
    actor: { type: 'user', ...actor, id: actor?.id ?? 'u' },
    context: {
      ip: random() < 0.9 ? `203.0.113.${10 + (actor?.id.charCodeAt(5) ?? 0) % 7}` : random() < 0.8 ? '2001:db8::17' : `198.51.100.${Math.floor(random() * 250)}`,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      url: `https://app.vendor.example/${shape.area?.toLowerCase() ?? ''}?from=menu`,
      session_id: `s_${actor?.username ?? ''}_${Math.floor(atMs / 7_200_000)}`,
      ...(random() < 0.5 ? { request_id: `req_${hex(12)}` } : {}),
    },
    ...(override.action ? {} : shape),
    ...override,
  };
}

export function makeRecords(org: string, count: number, nowMs: number): AuditRecord[] {
  const random = makeRandom(20261122);
  const days = 29;
  const step = (days * 86_400_000) / count;
  const records = Array.from({ length: count }, (_, i) => makeRecord(org, i + 1, nowMs - 60_000 - (count - i) * step + random() * step, random));
  const oddities: Partial<AuditRecord>[] = [
    { action: 'user.renamed', action_label: 'Renamed user', area: 'People', actor: { id: 'u_1', name: 'evil\u202Egnp.exe <script>alert(1)</script>', email: 'x@acme.example' } },
    { action: 'x'.repeat(200), action_label: 'A label that is far too long for its column '.repeat(4), actor: { id: 'service-account-without-a-name' } },
    { action: 'vendor.looked', action_label: 'Looked at the audit log', area: 'Vendor access', category: 'other', actor: { id: 'p3', name: 'Otto Operator', email: 'op@vendor.example', role: 'operator' }, metadata: { reason: 'Ticket 4711' } },
    { action: 'segment.created', action_label: 'نشأ مقطع', area: 'القطاعات', actor: { id: 'u_2', name: 'ليلى حداد', email: 'leila@acme.example' } },
  ];
  oddities.forEach((override, i) => records.push(makeRecord(org, count + i + 1, nowMs - 50_000 + i * 1000, random, override)));
  return records;
}

export const liveRandom = makeRandom(7);
