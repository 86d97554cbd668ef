import { orgFor, sessionOf } from './access.ts';
import { sendJson } from './http.ts';
import { destinations } from './world.ts';
import { Refusal, type Call, type Schemas } from './types.ts';

type Run = Schemas['DataPackRun'];
type Pack = Schemas['OrgDataPack'];

const dayMs = 86_400_000;
const today = () => Math.floor(Date.now() / dayMs) * dayMs;
const iso = (ms: number) => new Date(ms).toISOString();

const columns: Schemas['DataPackColumn'][] = [
  { name: 'order_id', type: 'integer' },
  { name: 'customer', type: 'text' },
  { name: 'total', type: 'decimal', precision: 12, scale: 2 },
  { name: 'created_at', type: 'timestamp' },
];

function runAt(pack: string, daysAgo: number, more: Partial<Run> = {}): Run {
  const end = today() - daysAgo * dayMs;
  const due = end + 5 * 3_600_000;
  const id = `run_${pack}_${String(100 - daysAgo)}`;
  const rows = 41_200 + daysAgo * 137;
  const folder = `${pack}/run=${id}`;
  const files = [{ name: `${pack}-00001.csv.gz`, bytes: rows * 31, rows, sha256: 'b'.repeat(64) }];
  return {
    id, organization_id: 'acme', pack, version: 2, kind: 'scheduled', state: 'delivered', interval: { start: iso(end - dayMs), end: iso(end) }, replaces: null, hold: null, rows, bytes: rows * 31, files, file_set: null, changes: null, columns, comparison: null,
    deliveries: [{ destination: 'sftp', place: 'sftp://sftp.acme.example/in/', state: 'delivered', files_done: 1, attempts: 1, error: null, remedy: null, request_id: null, next_attempt_at: null, delivered_at: iso(due + 61_000) }],
    attempts: 1, error: null, remedy: null, next_attempt_at: null, requested_by: null, folder, manifest_sha256: 'c'.repeat(64), previous_run: null, due_at: iso(due), started_at: iso(due), snapshot_at: iso(due + 900), staged_at: iso(due + 40_000), finished_at: iso(due + 61_000),
    ...more,
  };
}

const failedAt: Partial<Run> = {
  state: 'failed', error: 'The SFTP server let the user in, but refused to make the folder in/orders.', remedy: 'Let the user acme write in the folder in, then try again.', attempts: 5, finished_at: null, manifest_sha256: null,
  deliveries: [{ destination: 'sftp', place: null, state: 'failed', files_done: 0, attempts: 5, error: 'permission denied', remedy: 'Let the user acme write in the folder in.', request_id: null, next_attempt_at: null, delivered_at: null }],
};
const heldAt: Partial<Run> = {
  state: 'held', deliveries: [], finished_at: null, manifest_sha256: null,
  hold: { reason: 'size', detail: 'Far fewer rows than in the last runs.', changes: [], numbers: [{ what: 'rows', usual: 41_300, now: 212 }, { what: 'bytes', usual: 1_280_300, now: 6_572 }] },
};

export const runs: Run[] = [runAt('orders', 0), runAt('orders', 1, failedAt), ...Array.from({ length: 30 }, (_, i) => runAt('orders', i + 2)), runAt('invoices', 0, heldAt), runAt('invoices', 1), runAt('tickets', 0),
  runAt('contacts', 0, { rows: 27, bytes: 1_830, changes: { since: 'run_contacts_99', added: 19, changed: 6, removed: 2 } }), runAt('contacts', 1, { changes: { since: null, added: 41_337, changed: 0, removed: 0 } }),
  runAt('statements', 0, { kind: 'again', replaces: 'run_statements_99', rows: null, file_set: { name: 'november', revision: 2 } }), runAt('statements', 1, { rows: null, file_set: { name: iso(today() - 2 * dayMs), revision: 1 } })];

const destination: Schemas['DataPackDestination'] = { s3: null, keep_sftp: false, compare_until: null, sinks: ['sftp'], places: ['sftp://sftp.acme.example/in/'], comparisons: null };
let sftp: Record<string, unknown> | null = null;

const schedule: Pack['schedule'] = { every: 'daily', at: '05:00', zone: 'UTC' };
const packs: [id: string, name: string, former: string | null, description: string | null, format: Pack['format'], schedule: Pack['schedule']][] = [
  ['orders', 'Orders', 'Order File Export', 'Every order of your shop, with its customer and its total.', { type: 'csv', compression: 'gzip' }, schedule],
  ['invoices', 'Invoices', null, 'Invoices and credit notes.', { type: 'parquet', compression: 'zstd' }, { every: 'weekly', weekday: 'monday', at: '04:00', zone: 'Europe/Berlin' }],
  ['tickets', 'Support tickets', null, null, { type: 'jsonl', compression: 'none' }, { every: 'hourly', at: '00:20' }],
  ['seats', 'Seats', 'Seat File Export', null, { type: 'csv', compression: 'none' }, { every: 'monthly', day: 31, at: '06:00', zone: 'UTC' }],
  ['contacts', 'Contacts', null, 'Contacts that are new, changed or gone.', { type: 'csv', compression: 'gzip' }, schedule],
  ['statements', 'Statements', null, 'Statements of account as the vendor brings them.', { type: 'other', compression: 'none' }, schedule],
];

function packOf([id, name, former_name, description, format, plan]: (typeof packs)[number]): Pack {
  const own = runs.filter((run) => run.pack === id);
  return {
    id, name, former_name, description, format, schedule: plan, mode: id === 'tickets' ? 'incremental' : id === 'contacts' ? 'changed' : 'full', columns: own.length > 0 ? columns : [], version: 2, next_run_at: iso(today() + dayMs + 5 * 3_600_000),
    last_run: own[0] ?? null, last_delivered_at: own.find(({ state }) => state === 'delivered')?.finished_at ?? null, places: destination.places.map((place) => `${place}${id}/`), comparisons: null,
  };
}

export function listPacks(call: Call): void {
  orgFor(call, 'data_packs');
  sendJson(call, 200, { data: packs.map(packOf) } satisfies Schemas['OrgDataPackList']);
}

// What was begun by hand goes through its states as one looks.
function advance(run: Run): void {
  const next: Partial<Record<Run['state'], Run['state']>> = { due: 'extracting', extracting: 'delivering', delivering: 'delivered' };
  run.state = next[run.state] ?? run.state;
  if (run.state === 'extracting') run.rows = 18_000;
  if (run.state === 'delivered') Object.assign(run, { ...runAt(run.pack, 0), id: run.id, kind: run.kind, requested_by: run.requested_by, replaces: run.replaces, interval: run.interval });
}

export function listRuns(call: Call): void {
  orgFor(call, 'data_packs');
  const own = runs.filter(({ pack }) => pack === call.params['pack']);
  const start = Number(call.url.searchParams.get('cursor') ?? 0);
  const limit = Number(call.url.searchParams.get('limit') ?? 50);
  own.filter(({ state }) => ['due', 'extracting', 'delivering'].includes(state)).forEach(advance);
  sendJson(call, 200, { data: own.slice(start, start + limit), next_cursor: start + limit < own.length ? String(start + limit) : null, has_more: start + limit < own.length });
}

export function startRuns(call: Call): void {
  orgFor(call, 'data_packs');
  const body = (call.body ?? {}) as Schemas['DataPackRunRequest'];
  const pack = call.params['pack'] ?? '';
  const replaced = runs.find(({ id }) => id === body.replaces);
  const count = body.from && body.to ? Math.round((Date.parse(body.to) - Date.parse(body.from)) / dayMs) : 1;
  if (count > 400) throw new Refusal(422, 'invalid_field', 'At most 400 runs at once.');
  const blank: Partial<Run> = { state: 'due', rows: 0, bytes: 0, files: [], deliveries: [], started_at: null, finished_at: null, staged_at: null, snapshot_at: null, manifest_sha256: null, requested_by: 'ann@acme.example' };
  const made = Array.from({ length: count }, (_, i): Run => ({
    ...runAt(pack, 0, blank), id: `run_${pack}_n${String(runs.length + i)}`, kind: replaced ? 'again' : body.from ? 'backfill' : 'manual', replaces: replaced?.id ?? null, ...(replaced ? { interval: replaced.interval } : {}),
  }));
  runs.unshift(...made);
  sendJson(call, 202, { data: made } satisfies Schemas['DataPackRunList']);
}

export function actOnRun(call: Call): void {
  const { operator } = sessionOf(call).person;
  if (!operator) orgFor(call, 'data_packs');
  const run = runs.find(({ id }) => id === call.params['run']);
  if (!run) throw new Refusal(404, 'not_found', 'There is no such run.');
  const verb = call.params['verb'];
  if (verb === 'release' && !operator) throw new Refusal(403, 'operators_only', 'Only operators release a run.');
  if (verb === 'release') Object.assign(run, { state: 'delivering', hold: null });
  else if (verb === 'cancel') Object.assign(run, { state: 'cancelled', hold: null });
  else if (verb === 'retry') Object.assign(run, { state: 'delivering', error: null, remedy: null, attempts: run.attempts + 1 });
  else throw new Refusal(404, 'not_found', 'There is nothing at this address.');
  sendJson(call, 200, run);
}

export function getPackDestination(call: Call): void {
  orgFor(call, 'data_packs');
  sendJson(call, 200, destination);
}

export function putPackDestination(call: Call): void {
  orgFor(call, 'data_packs');
  const body = call.body as Schemas['DataPackDestinationSettings'];
  const before = structuredClone(destination);
  const bucket = destinations.find(({ item }) => item.id === body.s3?.destination)?.item;
  if (body.s3 && !bucket) throw new Refusal(422, 'invalid_field', 'There is no such destination.', { errors: [{ pointer: '/s3/destination', code: 'unknown', detail: 'There is no such destination.' }] });
  if (body.s3?.path?.includes('..')) throw new Refusal(422, 'invalid_field', 'A value is not allowed.', { errors: [{ pointer: '/s3/path', code: 'path', detail: 'A path has no dots.' }] });
  const both = body.keep_sftp || Boolean(body.compare_until);
  const place = bucket ? `s3://${bucket.bucket ?? ''}/${bucket.path ?? ''}/${body.s3?.path ? `${body.s3.path}/` : ''}` : '';
  const after: Schemas['DataPackDestination'] = {
    s3: body.s3 ? { destination: body.s3.destination, path: body.s3.path ?? null } : null, keep_sftp: body.keep_sftp, compare_until: body.compare_until ?? null,
    sinks: body.s3 ? (both ? ['s3', 'sftp'] : ['s3']) : ['sftp'], places: [...(place ? [place] : []), ...(!body.s3 || both ? ['sftp://sftp.acme.example/in/'] : [])],
    comparisons: body.compare_until ? { runs: 12, equal: 12, differing: 0, waiting: 0, failed: 0, last_compared_at: iso(Date.now()), last_difference: null } : null,
  };
  const effects = [
    ...(body.s3 && !before.s3 ? [`Runs go to ${place} from the next one on.`] : []),
    ...(body.s3 && !both && before.sinks.includes('sftp') ? ['SFTP delivery to sftp.acme.example stops when you save.'] : []),
    ...(both ? ['sftp.acme.example goes on getting every run.'] : []),
    ...(!body.s3 && before.s3 ? ['S3 stops; runs go to sftp.acme.example.'] : []),
  ];
  const applied = call.url.searchParams.get('preview') !== 'true';
  if (applied) Object.assign(destination, after);
  sendJson(call, 200, { applied, before, after, effects } satisfies Schemas['DataPackDestinationChange']);
}

const hostKey = 'ssh-ed25519 SHA256:u3vXk2mS1aO5yQ0bYJ9vWm1cVdJ7pQk4uT8rN6sZ2hE';

export function getSftp(call: Call): void {
  orgFor(call, 'data_packs');
  if (!sftp) throw new Refusal(404, 'sftp_not_set', 'There is no SFTP server.');
  sendJson(call, 200, sftp);
}

export function putSftp(call: Call): void {
  orgFor(call, 'data_packs');
  const body = call.body as { host: string; port: number; user: string; path?: string; auth?: { password?: string; private_key?: string }; host_key?: string };
  if (body.host.includes('/')) throw new Refusal(422, 'invalid_field', 'A value is not allowed.', { errors: [{ pointer: '/host', code: 'host', detail: 'A host has a name only, without sftp://.' }] });
  const isNew = !sftp;
  const method = body.auth ? (body.auth.password ? 'password' : 'private_key') : ((sftp?.['auth'] as { method: string } | undefined)?.method ?? 'none');
  sftp = {
    state: 'draft', reason: null, detail: null, remedy: null, host: body.host, port: body.port, user: body.user, path: body.path ?? null, auth: { method },
    host_key: body.host_key ?? (sftp?.['host'] === body.host ? sftp['host_key'] : null) ?? null, checks: [], checked_at: null, last_success_at: null, updated_at: iso(Date.now()),
  };
  sendJson(call, isNew ? 201 : 200, sftp);
}

export function deleteSftp(call: Call): void {
  orgFor(call, 'data_packs');
  sftp = null;
  sendJson(call, 204, undefined);
}

export async function checkSftp(call: Call): Promise<void> {
  orgFor(call, 'data_packs');
  if (!sftp) throw new Refusal(404, 'sftp_not_set', 'There is no SFTP server.');
  await new Promise((done) => setTimeout(done, 400));
  const reached = [{ name: 'resolve', ok: true, detail: 'sftp.acme.example is 192.0.2.17.' }, { name: 'connect', ok: true, detail: 'sftp.acme.example answers on port 22.' }];
  const confirmed = sftp['host_key'] === hostKey;
  const rest = ['host_key', 'sign_in', 'folder', 'write', 'rename', 'delete'].map((name) => ({ name, ok: true }));
  const checks = [...reached, ...(confirmed ? rest : [{ name: 'host_key', ok: false, detail: 'The host key is not confirmed yet.', remedy: 'Compare it with what the server’s owner tells you, then confirm it.' }])];
  Object.assign(sftp, { checks, checked_at: iso(Date.now()), state: confirmed ? 'active' : 'draft' });
  sendJson(call, 200, { ok: confirmed, host_key: hostKey, checks });
}
