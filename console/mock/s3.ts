import { orgFor } from './access.ts';
import { sendJson } from './http.ts';
import { destinations, recordsOf, type DestinationState } from './world.ts';
import { Refusal, type Call, type Schemas } from './types.ts';

type Destination = Schemas['Destination'];
type Check = Schemas['Check'];

const hourMs = 3_600_000;
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const sessionName = () => `tk-${Array.from({ length: 26 }, () => base32[Math.floor(Math.random() * 32)]).join('')}`;
const account = '999988887777';

function policyOf(item: Destination): Record<string, unknown> | null {
  if (!item.bucket) return null;
  const path = (item.path ?? '').replace(/\/+$/, '');
  const principal = { AWS: item.auth.principal };
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'TrailkeeperList', Effect: 'Allow', Principal: principal, Action: 's3:ListBucket', Resource: `arn:aws:s3:::${item.bucket}`, Condition: { StringLike: { 's3:prefix': path ? `${path}/*` : '*' } } },
      { Sid: 'TrailkeeperWrite', Effect: 'Allow', Principal: principal, Action: ['s3:PutObject', 's3:PutObjectAcl'], Resource: `arn:aws:s3:::${item.bucket}/${path ? `${path}/` : ''}*` },
    ],
  };
}

const documents = [
  ['json', 'json'],
  ['json_user_id', 'json'],
  ['optional', 'json'],
  ['terraform', 'hcl'],
  ['cloudformation', 'yaml'],
  ['cli', 'sh'],
] as const;

const setupOf = (item: Destination): Schemas['SetupDocument'][] =>
  item.bucket ? documents.map(([name, language]) => ({ name, language, text: JSON.stringify(policyOf(item), null, 2) })) : [];

function find(call: Call): DestinationState {
  const org = orgFor(call, 's3');
  const state = destinations.find((item) => item.org === org.id && item.item.id === call.params['id']);
  if (!state) throw new Refusal(404, 'not_found', 'There is no such destination.');
  return state;
}

function refresh(state: DestinationState): Destination {
  const head = recordsOf(state.org).length;
  state.item.head_seq = head;
  return state.item;
}

export function listDestinations(call: Call): void {
  const org = orgFor(call, 's3');
  const list: Schemas['DestinationList'] = {
    data: destinations.filter((state) => state.org === org.id).map(refresh),
    options: { endpoints: ['https://s3.storage.example'] },
  };
  sendJson(call, 200, list);
}

export const getDestination = (call: Call): void => sendJson(call, 200, refresh(find(call)));

const place = (item: Schemas['DestinationSettings']) => JSON.stringify([item.bucket ?? null, item.region ?? null, item.endpoint ?? null, item.account_id ?? null, item.path ?? null, item.role_arn ?? null, item.encryption ?? null, item.kms_key ?? null]);

export function putDestination(call: Call): void {
  const org = orgFor(call, 's3');
  const body = (call.body ?? {}) as Schemas['DestinationSettings'];
  const id = call.params['id'] ?? '';
  if (body.bucket === 'taken') {
    throw new Refusal(422, 'invalid_field', 'A value is not allowed.', { errors: [{ pointer: '/bucket', code: 'not_allowed', detail: 'This bucket name is reserved.' }] });
  }
  let state = destinations.find((item) => item.org === org.id && item.item.id === id);
  const isNew = !state;
  if (!state) {
    const name = sessionName();
    const auth: Destination['auth'] = { mode: 'common_role', role_arn: `arn:aws:iam::${account}:role/trailkeeper`, session_name: name, principal: `arn:aws:sts::${account}:assumed-role/trailkeeper/${name}` };
    state = { org: org.id, validated: false, item: { id, state: 'draft', frequency: 'hourly', pending: true, auth } };
    destinations.push(state);
  }
  const before = place({ ...state.item, role_arn: state.item.auth.mode === 'customer_role' ? (state.item.auth.role_arn ?? undefined) : undefined } as Schemas['DestinationSettings']);
  const auth: Destination['auth'] = body.role_arn
    ? { ...state.item.auth, mode: 'customer_role', role_arn: body.role_arn, external_id: 'tkx-4f1c0d7e9a' }
    : { ...state.item.auth, mode: 'common_role', role_arn: `arn:aws:iam::${account}:role/trailkeeper`, external_id: null };
  const { bucket = null, region = null, endpoint = null, account_id = null, path = 'trailkeeper', frequency = 'hourly', path_style = false } = body;
  const { form = 'jsonl', compression = 'gzip', encryption = null, kms_key = null, filter = null } = body;
  Object.assign(state.item, { bucket, region, endpoint, account_id, path, frequency, path_style, auth, form, compression, encryption, kms_key, filter });
  state.item.policy = policyOf(state.item);
  state.item.setup = setupOf(state.item);
  if (before !== place(body)) {
    state.validated = false;
    Object.assign(state.item, { checks: null, validated: false, pending: true });
  }
  sendJson(call, isNew ? 201 : 200, refresh(state));
}

export function deleteDestination(call: Call): void {
  const state = find(call);
  // One that has delivered stays, for the history of its deliveries.
  if (state.item.state === 'draft') destinations.splice(destinations.indexOf(state), 1);
  else Object.assign(state.item, { state: 'disabled', pending: true, reason: null, remedy: null });
  sendJson(call, 204, undefined);
}

function checksOf(item: Destination): Check[] {
  const denied = item.bucket?.includes('denied') ?? false;
  const prefix = `${item.path ?? ''}/`;
  const timing = (ms: number, id: string) => ({ duration_ms: ms, request_id: id });
  const path = `${item.bucket ?? ''}/${prefix}`;
  const passed: Check[] = [
    { name: 'values', ok: true },
    { name: 'assume_role', ok: true, detail: `As session ${item.auth.session_name ?? ''}`, ...timing(112, 'STS4K1') },
    { name: 'other_session_list', ok: true, detail: 'A session that your policy does not name was refused.', ...timing(60, 'Z7Q2') },
    { name: 'list', ok: true, detail: `Under ${prefix}`, ...timing(84, 'A1B2C3') },
    { name: 'other_session_put', ok: true, ...timing(66, 'Z7Q3') },
  ];
  const put: Check = denied
    ? { name: 'put', ok: false, detail: `AccessDenied on PutObject under ${prefix}`, remedy: `Add s3:PutObject for arn:aws:s3:::${path}* to the bucket policy.`, change: { Sid: 'TrailkeeperPut', Effect: 'Allow', Action: ['s3:PutObject'] }, ...timing(70, 'D4E5F6') }
    : { name: 'put', ok: true, detail: `Wrote ${prefix}.trailkeeper-connection-test`, ...timing(96, 'D4E5F6') };
  return denied ? [...passed, put] : [...passed, put, { name: 'location', ok: true }];
}

export async function validateDestination(call: Call): Promise<void> {
  const state = find(call);
  if (!state.item.bucket || !state.item.region) throw new Refusal(409, 'wrong_state', 'Save a bucket and a region first.');
  await new Promise((done) => setTimeout(done, 700));
  const checks = checksOf(state.item);
  state.item.checks = checks;
  state.validated = checks.every((check) => check.ok);
  state.item.validated = state.validated;
  sendJson(call, 200, { ok: state.validated, checks });
}

const isoAgo = (ms: number) => new Date(Date.now() - ms).toISOString();

export function act(call: Call): void {
  const state = find(call);
  const { item } = state;
  const verb = call.params['verb'];
  if (verb === 'activate') {
    if (!state.validated) throw new Refusal(409, 'not_validated', 'Validate the present values first.');
    Object.assign(item, { state: 'active', pending: false, last_success_at: isoAgo(hourMs / 3), delivered_seq: recordsOf(state.org).length - 41, lag_seconds: 1200, next_attempt_at: isoAgo(-hourMs / 2) });
    if (item.bucket?.includes('broken')) {
      Object.assign(item, {
        state: 'suspended',
        failed_since: isoAgo(hourMs * 2),
        data_at_risk_at: isoAgo(-28 * 24 * hourMs),
        reason: 'AccessDenied on PutObject since 22 Nov 2026 13:00 UTC.',
        remedy: `Add s3:PutObject for arn:aws:s3:::${item.bucket}/${item.path ?? ''}/* to the bucket policy.`,
      });
    }
  } else if (verb === 'pause') item.state = 'paused';
  else if (verb === 'resume' || verb === 'try_now') {
    if (item.state === 'draft') throw new Refusal(409, 'wrong_state', 'A draft is not delivering.');
    Object.assign(item, { state: 'active', failed_since: null, data_at_risk_at: null });
    item.reason = null;
    item.remedy = null;
  } else throw new Refusal(404, 'not_found', 'There is no such action.');
  sendJson(call, 200, refresh(state));
}

function deliveryAt(state: DestinationState, window: number, hoursAgo: number): Schemas['Delivery'] {
  const end = Math.floor(Date.now() / hourMs) * hourMs - hoursAgo * hourMs;
  const start = new Date(end - hourMs);
  const entries = hoursAgo === 3 ? 0 : 120 + ((window * 37) % 300);
  const first = 1000 + window * 400;
  const last = first + entries - 1;
  const day = start.toISOString().slice(0, 10);
  const pad = (n: number, width: number) => String(n).padStart(width, '0');
  const root = `${state.item.path ?? ''}/audit_logs`.replace(/^\//, '');
  const key = `${root}/dt=${day}/hour=${pad(start.getUTCHours(), 2)}/000001-${pad(first, 20)}-${pad(last, 20)}.jsonl.gz`;
  const failed = state.item.state === 'suspended' && hoursAgo === 0;
  const delivery: Schemas['Delivery'] = {
    id: `dl_${window}`, kind: 'main', destination: state.item.id, stream: 1, window, start: start.toISOString(), end: new Date(end).toISOString(), first_seq: first, last_seq: last, entries,
    state: failed ? 'failed' : 'delivered', files: entries === 0 || failed ? [] : [{ key, bytes: entries * 190, rows: entries, sha256: 'a'.repeat(64) }],
    manifest_key: failed ? null : `${root}_manifest/dt=${day}/000001-${pad(window, 12)}.json`, attempts: failed ? 4 : 1, duration_ms: failed ? null : 800 + window * 13,
    request_id: failed ? '7QJ2M8X' : null, error: failed ? 'AccessDenied on PutObject.' : null, remedy: failed ? (state.item.remedy ?? null) : null,
    next_attempt_at: failed ? isoAgo(-600_000) : null, delivered_at: failed ? null : new Date(end + (hoursAgo === 7 ? 1_900_000 : 21_000)).toISOString(),
    withheld: hoursAgo === 5 ? 12 : 0,
    proof: failed ? null : { epoch: 1, size: last },
    in_bucket: failed || hoursAgo < 10 ? { state: 'unknown', looked_at: null } : { state: hoursAgo === 30 ? 'missing' : 'present', looked_at: isoAgo(8 * hourMs) },
    history: failed ? [1, 2, 3].map((n) => ({ at: isoAgo(n * 600_000), duration_ms: 90 + n, delivered: false, request_id: `7QJ2M8${n}`, code: 'AccessDenied', error: 'AccessDenied on PutObject.', remedy: null })) : [],
  };
  return delivery;
}

const repeated: Schemas['Delivery'][] = [];

export function backfill(call: Call): void {
  const state = find(call);
  const { from } = (call.body ?? {}) as { from: string };
  if (from > new Date().toISOString()) throw new Refusal(409, 'nothing_to_backfill', 'Nothing was received between that day and the first window.');
  state.item.backfill = { state: 'running', from, until: isoAgo(40 * hourMs), delivered_until: isoAgo(24 * 6 * hourMs), progress: 0.4 };
  sendJson(call, 202, refresh(state));
}

export function dryRun(call: Call): void {
  const state = find(call);
  const { filter = null } = (call.body ?? {}) as Schemas['DestinationSettings'];
  const to = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const day = recordsOf(state.org).filter(({ occurred_at: at }) => Date.parse(at) >= to - 86_400_000 && Date.parse(at) < to);
  const passes = (list: string[] | undefined, value: string | undefined) => list === undefined || list.includes(value ?? '');
  const sent = day.filter((record) => passes(filter?.categories, record.category) && passes(filter?.actions, record.action) && passes(filter?.areas, record.area));
  sendJson(call, 200, { from: new Date(to - 86_400_000).toISOString(), to: new Date(to).toISOString(), entries: sent.length, withheld: day.length - sent.length, bytes: sent.length * 640, about: false } satisfies Schemas['DryRun']);
}

export function redeliver(call: Call): void {
  const org = orgFor(call, 's3');
  const window = Number(call.params['id']?.replace('dl_', ''));
  const state = destinations.find((item) => item.org === org.id && !['draft', 'disabled'].includes(item.item.state));
  if (!state) throw new Refusal(404, 'not_found', 'There is no such delivery.');
  const made: Schemas['Delivery'] = { ...deliveryAt(state, window, 100 - window), id: `dl_9${window}`, kind: 'replay', state: 'due', files: [], manifest_key: null, attempts: 0, duration_ms: null, delivered_at: null };
  repeated.unshift(made);
  sendJson(call, 202, made);
}

export function listDeliveries(call: Call): void {
  const org = orgFor(call, 's3');
  const id = call.url.searchParams.get('destination');
  const state = destinations.find((item) => item.org === org.id && item.item.id === id);
  const windows = state && state.item.state !== 'draft' ? 100 : 0;
  const start = Number(call.url.searchParams.get('cursor') ?? 0);
  const limit = Number(call.url.searchParams.get('limit') ?? 50);
  const data = state ? Array.from({ length: Math.max(0, Math.min(limit, windows - start)) }, (_, i) => deliveryAt(state, windows - start - i, start + i)) : [];
  if (state && start === 0) data.unshift(...repeated.filter((item) => item.destination === id));
  const hasMore = start + limit < windows;
  sendJson(call, 200, { data, next_cursor: hasMore ? String(start + limit) : null, has_more: hasMore });
}
