import { orgFor } from './access.ts';
import { sendJson } from './http.ts';
import { matcherOf, valueOf } from './query-language.ts';
import { recordsOf } from './world.ts';
import { Refusal, type AuditRecord, type Call, type Org, type Schemas } from './types.ts';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

interface Question {
  from: string | null;
  to: string | null;
  query: string;
}

export function select(org: string, windowDays: number, { from, to, query }: Question, besides?: string): AuditRecord[] {
  const edge = daysAgo(windowDays);
  const start = [from ?? daysAgo(30), edge].sort()[1] ?? edge;
  const matches = matcherOf(query, besides);
  return recordsOf(org)
    .filter((record) => record.occurred_at >= start && (!to || record.occurred_at < to) && matches(record))
    .sort((a, b) => (a.occurred_at === b.occurred_at ? b.seq - a.seq : a.occurred_at < b.occurred_at ? 1 : -1));
}

function questionOf({ url: { searchParams } }: Call, ...others: string[]): Question {
  const known = ['from', 'to', 'query', ...others];
  const stranger = [...searchParams.keys()].find((key) => !known.includes(key));
  if (stranger) throw new Refusal(400, 'invalid_request', `There is no parameter ${stranger}.`);
  return { from: searchParams.get('from'), to: searchParams.get('to'), query: searchParams.get('query') ?? '' };
}

const found = (org: Org, question: Question, besides?: string) => select(org.id, org.viewing_window_days, question, besides);

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

// Words that make the mock server misbehave: the pages' error states are tested with them.
async function misbehave(query: string): Promise<void> {
  if (query.includes('fail-503')) throw new Refusal(503, 'unavailable', 'The store does not answer.', { headers: { 'Retry-After': '7' } });
  if (query.includes('fail-500')) throw new Refusal(500, 'internal', 'secret details');
  if (query.includes('fail-slow')) await sleep(6000);
}

const watermark = () => new Date(Date.now() - 300).toISOString();

export async function listEvents(call: Call): Promise<void> {
  const org = orgFor(call, 'audit_logs');
  const params = call.url.searchParams;
  const question = questionOf(call, 'limit', 'cursor', 'order');
  await misbehave(question.query);
  const all = found(org, question);
  const limit = Math.min(Number(params.get('limit') ?? 50), 200);
  const cursor = params.get('cursor');
  let start = 0;
  if (cursor) {
    const at = all.findIndex((record) => record.id === Buffer.from(cursor, 'base64url').toString());
    if (at === -1) throw new Refusal(400, 'bad_cursor', 'The cursor does not fit this filter.');
    start = at + 1;
  }
  const data = all.slice(start, start + limit);
  const hasMore = start + limit < all.length;
  const last = data.at(-1);
  const page: Schemas['EventPage'] = {
    data,
    next_cursor: hasMore && last ? Buffer.from(last.id).toString('base64url') : null,
    has_more: hasMore,
    watermark: watermark(),
    head_seq: recordsOf(org.id).length,
    total: { value: Math.min(all.length, 10_000), relation: all.length > 10_000 ? 'gte' : 'eq' },
  };
  sendJson(call, 200, page);
}

function counted(records: AuditRecord[], field: string): Schemas['CountedValue'][] {
  const counts = new Map<string, Schemas['CountedValue']>();
  for (const record of records) {
    const value = valueOf(record, field);
    if (!value) continue;
    const seen = counts.get(value.value) ?? { ...value, count: 0 };
    seen.count++;
    counts.set(value.value, seen);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

export async function listFacets(call: Call): Promise<void> {
  const org = orgFor(call, 'audit_logs');
  const question = questionOf(call, 'fields', 'limit');
  await misbehave(question.query);
  const fields = call.url.searchParams.getAll('fields').flatMap((text) => text.split(','));
  const limit = Number(call.url.searchParams.get('limit') ?? 10);
  const data = fields.map((field) => {
    const values = counted(found(org, question, field), field);
    return { field: field as Schemas['FacetField'], values: values.slice(0, limit), more: values.length > limit };
  });
  sendJson(call, 200, { data, watermark: watermark() } satisfies Schemas['Facets']);
}

const intervals = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800];

export async function histogram(call: Call): Promise<void> {
  const org = orgFor(call, 'audit_logs');
  const question = questionOf(call, 'buckets', 'offset_minutes');
  await misbehave(question.query);
  const records = found(org, question);
  const from = Date.parse(question.from ?? daysAgo(Math.min(30, org.viewing_window_days)));
  const to = question.to ? Date.parse(question.to) : Date.now();
  const seconds = intervals.find((size) => (to - from) / 1000 / size <= 59) ?? 604_800;
  const step = seconds * 1000;
  const first = Math.floor(from / step) * step;
  const count = Math.max(Math.ceil((to - first) / step), 1);
  const data = Array.from({ length: count }, (_, i) => ({ start: new Date(first + i * step).toISOString(), count: 0, failed: 0 }));
  for (const record of records) {
    const bar = data[Math.floor((Date.parse(record.occurred_at) - first) / step)];
    if (!bar) continue;
    bar.count++;
    if (record.outcome === 'failure' || (record.http_status ?? 0) >= 400) bar.failed++;
  }
  sendJson(call, 200, { interval_seconds: seconds, from: new Date(from).toISOString(), to: new Date(to).toISOString(), data, watermark: watermark() } satisfies Schemas['Histogram']);
}

export function listValues(call: Call): void {
  const org = orgFor(call, 'audit_logs');
  const params = call.url.searchParams;
  const prefix = (params.get('prefix') ?? '').toLowerCase();
  const all = counted(select(org.id, org.viewing_window_days, { from: params.get('from'), to: params.get('to'), query: '' }), params.get('field') ?? '');
  const data = all.filter(({ value, label }) => value.toLowerCase().includes(prefix) || label?.toLowerCase().includes(prefix)).slice(0, Number(params.get('limit') ?? 10));
  sendJson(call, 200, { data });
}

export async function watchEvents(call: Call): Promise<void> {
  const org = orgFor(call, 'audit_logs');
  const question = questionOf(call, 'after_seq', 'limit', 'wait');
  const params = call.url.searchParams;
  const after = Number(params.get('after_seq') ?? recordsOf(org.id).length);
  const ends = Date.now() + Number(params.get('wait') ?? 0) * 1000;
  const fresh = () => found(org, question).filter((record) => record.seq > after);
  let data = fresh();
  while (data.length === 0 && Date.now() < ends && !call.response.destroyed) {
    await sleep(100);
    data = fresh();
  }
  data.sort((a, b) => a.seq - b.seq);
  sendJson(call, 200, { data, last_seq: recordsOf(org.id).length, has_more: false, watermark: watermark() } satisfies Schemas['LivePage']);
}

function recordFor(call: Call): AuditRecord {
  const org = orgFor(call, 'audit_logs');
  const record = recordsOf(org.id).find((item) => item.id === call.params['id']);
  if (!record || record.occurred_at < daysAgo(org.viewing_window_days)) throw new Refusal(404, 'not_found', 'There is no such entry.');
  return record;
}

export function getEvent(call: Call): void {
  sendJson(call, 200, JSON.stringify(recordFor(call)));
}

// In the log without hashes: the stand-in has no tree.
export function getProof(call: Call): void {
  const { seq, received_at } = recordFor(call);
  const log = { log: 'k3v7q2m5x6w4z2d3c5b6n7a2y4', origin: 'audit.example/log/k3v7', epoch: 1, vkey: '', manifest_vkey: '' };
  const entry = { seq, received_at, sha256: '', leaf: '' };
  sendJson(call, 200, JSON.stringify({ ...log, entry, index: seq - 1, size: 99_999, hashes: [], checkpoint: '' }));
}
