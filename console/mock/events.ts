import { sendJson } from './http.ts';
import { orgFor } from './access.ts';
import { recordsOf } from './world.ts';
import { Refusal, type AuditRecord, type Call, type Schemas } from './types.ts';

type Filter = Schemas['EventFilter'];

const fold = (text: string) => text.normalize('NFC').toLowerCase();
const has = (needle: string, ...texts: (string | undefined)[]) => texts.some((text) => text !== undefined && fold(text).includes(fold(needle)));

export function matches(record: AuditRecord, filter: Filter): boolean {
  const { actor, action, action_label: label, area } = record;
  if (filter.q && !has(filter.q, actor.name, actor.username, actor.email, action, label, area)) return false;
  if (filter.name && !has(filter.name, actor.name, actor.username)) return false;
  if (filter.email && !has(filter.email, actor.email)) return false;
  if (filter.action && !has(filter.action, action, label)) return false;
  if (filter.area && !has(filter.area, area)) return false;
  if (filter.category && !filter.category.some((category) => category === record.category)) return false;
  if (filter.outcome && !filter.outcome.some((outcome) => outcome === record.outcome)) return false;
  return !filter.ip || record.context?.ip === filter.ip;
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

export function select(org: string, windowDays: number, from: string | null, to: string | null, filter: Filter): AuditRecord[] {
  const edge = daysAgo(windowDays);
  const start = [from ?? daysAgo(30), edge].sort()[1] ?? edge;
  return recordsOf(org)
    .filter((record) => record.occurred_at >= start && (!to || record.occurred_at < to) && matches(record, filter))
    .sort((a, b) => (a.occurred_at === b.occurred_at ? b.seq - a.seq : a.occurred_at < b.occurred_at ? 1 : -1));
}

const textKeys = ['q', 'name', 'email', 'action', 'area', 'ip'] as const;
const listKeys = ['category', 'outcome'] as const;
const otherKeys = ['from', 'to', 'limit', 'cursor', 'order'];

function filterOf(params: URLSearchParams): Filter {
  const filter: Record<string, unknown> = {};
  for (const key of textKeys) if (params.get(key)) filter[key] = params.get(key);
  for (const key of listKeys) if (params.has(key)) filter[key] = params.getAll(key).flatMap((text) => text.split(','));
  const known: string[] = [...textKeys, ...listKeys, ...otherKeys];
  const stranger = [...params.keys()].find((key) => !known.includes(key));
  if (stranger) throw new Refusal(400, 'invalid_request', `There is no parameter ${stranger}.`);
  return filter;
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

// Words that make the mock server misbehave: the pages' error states are tested with them.
async function misbehave(q: string | null): Promise<void> {
  if (q === 'fail:503') throw new Refusal(503, 'unavailable', 'The store does not answer.', { headers: { 'Retry-After': '7' } });
  if (q === 'fail:500') throw new Refusal(500, 'internal', 'secret details');
  if (q === 'fail:slow') await sleep(4000);
}

export async function listEvents(call: Call): Promise<void> {
  const org = orgFor(call, 'audit_logs');
  const params = call.url.searchParams;
  await misbehave(params.get('q'));
  const filter = filterOf(params);
  const found = select(org.id, org.viewing_window_days, params.get('from'), params.get('to'), filter);
  const limit = Math.min(Number(params.get('limit') ?? 50), 200);
  const cursor = params.get('cursor');
  let start = 0;
  if (cursor) {
    const at = found.findIndex((record) => record.id === Buffer.from(cursor, 'base64url').toString());
    if (at === -1) throw new Refusal(400, 'bad_cursor', 'The cursor does not fit this filter.');
    start = at + 1;
  }
  const data = found.slice(start, start + limit);
  const hasMore = start + limit < found.length;
  const last = data.at(-1);
  const page: Schemas['EventPage'] = {
    data,
    next_cursor: hasMore && last ? Buffer.from(last.id).toString('base64url') : null,
    has_more: hasMore,
    watermark: new Date(Date.now() - 300).toISOString(),
    total: { value: Math.min(found.length, 10_000), relation: found.length > 10_000 ? 'gte' : 'eq' },
  };
  sendJson(call, 200, page);
}

export function getEvent(call: Call): void {
  const org = orgFor(call, 'audit_logs');
  const record = recordsOf(org.id).find((item) => item.id === call.params['id']);
  if (!record || record.occurred_at < daysAgo(org.viewing_window_days)) throw new Refusal(404, 'not_found', 'There is no such entry.');
  sendJson(call, 200, JSON.stringify(record));
}
