import { orgFor, sessionOf, sessionTokenOf } from './access.ts';
import { select } from './events.ts';
import { sendJson } from './http.ts';
import { exports, sessions, token, type ExportState } from './world.ts';
import { Refusal, type AuditRecord, type Call, type Schemas } from './types.ts';

const preparingMs = 2500;

const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csvOf(records: AuditRecord[]): string {
  const rows = records.map((r) => [r.occurred_at, r.actor.username ?? r.actor.email ?? '', r.actor.name ?? '', r.application ?? '', r.action_label ?? r.action, r.context?.ip ?? '', r.area ?? '']);
  return [['Date', 'Username', 'Name', 'Application', 'Action', 'IP Address', 'Area'], ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

// The background work is a matter of time here.
function advance(state: ExportState): Schemas['Export'] {
  const { item } = state;
  const share = Math.min((Date.now() - state.startedMs) / preparingMs, state.isEndless ? 0.6 : 1);
  const lines = state.csv.split('\r\n').length - 2;
  if (item.state !== 'queued' && item.state !== 'running') return item;
  item.progress = share;
  item.rows = Math.floor(lines * share);
  item.state = share < 0.1 ? 'queued' : 'running';
  if (share === 1) {
    item.state = 'ready';
    item.bytes = Buffer.byteLength(state.csv);
    item.ready_at = new Date().toISOString();
    item.expires_at = new Date(Date.now() + 86_400_000).toISOString();
  }
  return item;
}

export function createExport(call: Call): void {
  const org = orgFor(call, 'audit_logs');
  const { person } = sessionOf(call);
  const body = call.body as Schemas['ExportRequest'];
  if (body.filter?.query === 'fail-429') throw new Refusal(429, 'slow_down', 'Too many exports.', { headers: { 'Retry-After': '30' } });
  const records = select(org.id, org.viewing_window_days, { from: body.from ?? null, to: body.to ?? null, query: body.filter?.query ?? '' });
  const item: Schemas['Export'] = {
    id: `exp_${token(9)}`,
    state: 'queued',
    format: body.format,
    from: body.from ?? null,
    to: body.to ?? null,
    filter: body.filter ?? null,
    rows: 0,
    bytes: 0,
    progress: 0,
    requested_by: { name: person.name, email: person.email },
    created_at: new Date().toISOString(),
    ready_at: null,
    expires_at: null,
  };
  // Words that make it misbehave, as in events.ts: the first of these is never done.
  const isEndless = body.filter?.query === 'takes-long' && !exports.some((state) => state.isEndless);
  exports.unshift({ org: org.id, startedMs: Date.now(), item, csv: csvOf(records), isEndless });
  sendJson(call, 202, item);
}

export function estimateExport(call: Call): void {
  const org = orgFor(call, 'audit_logs');
  sessionOf(call);
  const body = call.body as Schemas['EstimateRequest'];
  const rows = select(org.id, org.viewing_window_days, { from: body.from ?? null, to: body.to ?? null, query: body.filter?.query ?? '' }).length;
  sendJson(call, 200, { rows, bytes_about: { csv: rows * 120, jsonl: rows * 700, parquet: rows * 60 } } satisfies Schemas['ExportEstimate']);
}

export function cancelExport(call: Call): void {
  const { item } = findExport(call);
  sessionOf(call);
  if (item.state !== 'queued' && item.state !== 'running') throw new Refusal(409, 'wrong_state', 'It is no longer being prepared.');
  item.state = 'cancelled';
  sendJson(call, 200, item);
}

export function listExports(call: Call): void {
  const org = orgFor(call, 'audit_logs');
  sendJson(call, 200, { data: exports.filter((state) => state.org === org.id).map(advance), next_cursor: null, has_more: false });
}

function findExport(call: Call): ExportState {
  const org = orgFor(call, 'audit_logs');
  const state = exports.find((item) => item.org === org.id && item.item.id === call.params['id']);
  if (!state) throw new Refusal(404, 'not_found', 'There is no such export.');
  return state;
}

export const getExport = (call: Call): void => sendJson(call, 200, advance(findExport(call)));

export function downloadExport(call: Call): void {
  const isBrowser = (call.request.headers.accept ?? '').includes('text/html');
  if (!sessions.has(sessionTokenOf(call)) && isBrowser) {
    call.response.writeHead(303, { Location: `/sign-in?next=${encodeURIComponent(call.url.pathname)}` }).end();
    return;
  }
  const state = findExport(call);
  const item = advance(state);
  if (item.state === 'expired') throw new Refusal(410, 'expired', 'This link has expired.');
  if (item.state !== 'ready') throw new Refusal(409, 'wrong_state', 'The file is not ready.');
  call.response.writeHead(200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="audit-log-${state.org}-${item.created_at.slice(0, 10)}.csv"`,
    'X-Request-ID': call.requestId,
  });
  call.response.end(state.csv);
}
