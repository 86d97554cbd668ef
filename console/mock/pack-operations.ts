import { sessionOf } from './access.ts';
import { sendJson } from './http.ts';
import { runs } from './packs.ts';
import { Refusal, type Call, type Schemas } from './types.ts';

type Pack = Schemas['DataPack'];
type Source = Schemas['DataSource'];

const at = '2026-11-01T08:00:00Z';
const columns: Schemas['DataPackColumn'][] = [{ name: 'order_id', type: 'integer', native: 'int8' }, { name: 'total', type: 'decimal', native: 'numeric', precision: 12, scale: 2 }];

const sources: Source[] = [{ id: 'shop', type: 'postgresql', host: 'db.vendor.example', port: 5432, database: 'shop', user: 'packs', has_password: true, tls: 'verify', ca: null, packs: 2, created_at: at, updated_at: at },
  { id: 'drop', type: 'upload', host: '', port: null, database: '', user: '', has_password: false, tls: 'off', ca: null, packs: 1, created_at: at, updated_at: at },
  { id: 'nightly', type: 'folder', host: '', port: null, database: '', user: '', has_password: false, tls: 'off', ca: null, packs: 1, created_at: at, updated_at: at }];

const blank = {
  former_name: null, description: null, mode: 'full' as const, column: null, key: [], part_rows: 1_000_000, part_bytes: 268_435_456, size_tolerance_percent: 50, columns: [], version: null, versions: [], pending: true, organizations: [], held_runs: 0, next_run_at: null,
};
const packs: Pack[] = [
  {
    ...blank, id: 'orders', state: 'released', name: 'Orders', former_name: 'Order File Export', description: 'Every order.', source: { id: 'shop', query: 'SELECT order_id, total FROM orders WHERE org = :org' }, format: { type: 'csv', compression: 'gzip' },
    schedule: { every: 'daily', at: '05:00', zone: 'UTC' }, columns, version: 2, versions: [{ version: 2, released_at: at, ends_at: null, columns }], pending: false, organizations: ['acme'], next_run_at: new Date(Date.now() + 7_200_000).toISOString(), created_at: at, updated_at: at,
  },
  {
    ...blank, id: 'invoices', state: 'held', name: 'Invoices', source: { id: 'shop', query: 'SELECT * FROM invoices WHERE org = :org' }, format: { type: 'parquet', compression: 'zstd' }, schedule: { every: 'weekly', weekday: 'monday', at: '04:00', zone: 'Europe/Berlin' }, columns, version: 1,
    versions: [{ version: 1, released_at: at, ends_at: null, columns }], pending: false, organizations: ['acme'], held_runs: 1, created_at: at, updated_at: at,
  },
  {
    ...blank, id: 'statements', state: 'released', name: 'Statements', source: { id: 'nightly', files: '*.csv.gz' }, format: { type: 'csv', compression: 'gzip' }, schedule: { every: 'daily', at: '06:00', zone: 'UTC' }, columns, version: 1,
    versions: [{ version: 1, released_at: at, ends_at: null, columns }], pending: false, organizations: ['acme'], created_at: at, updated_at: at,
  },
];

function forOperators(call: Call): void {
  if (!sessionOf(call).person.operator) throw new Refusal(403, 'forbidden', 'For operators.');
}

const missing = () => new Refusal(404, 'not_found', 'There is no such thing.');

function packOf(call: Call): Pack {
  forOperators(call);
  const pack = packs.find(({ id }) => id === call.params['pack']);
  if (!pack) throw missing();
  pack.held_runs = runs.filter((run) => run.pack === pack.id && run.state === 'held').length;
  if (pack.version !== null) pack.state = pack.held_runs > 0 ? 'held' : 'released';
  return pack;
}

export function listAllPacks(call: Call): void {
  forOperators(call);
  sendJson(call, 200, { data: packs.map(({ id }) => packOf({ ...call, params: { pack: id } })) });
}

export const getPack = (call: Call): void => sendJson(call, 200, packOf(call));

export function putPack(call: Call): void {
  forOperators(call);
  const id = call.params['pack'] ?? '';
  const body = call.body as Schemas['DataPackDefinition'];
  if (body.source.query && !body.source.query.includes(':org')) throw new Refusal(422, 'invalid_field', 'A value is not allowed.', { errors: [{ pointer: '/source/query', code: 'org_unused', detail: 'The query does not use :org.' }] });
  const now = new Date().toISOString();
  let pack = packs.find((item) => item.id === id);
  const isNew = !pack;
  if (!pack) {
    pack = { ...blank, id, state: 'draft', name: '', source: body.source, format: body.format, schedule: body.schedule, created_at: now, updated_at: now };
    packs.push(pack);
  }
  Object.assign(pack, { ...body, pending: true, updated_at: now });
  sendJson(call, isNew ? 201 : 200, pack);
}

export function deletePack(call: Call): void {
  packs.splice(packs.indexOf(packOf(call)), 1);
  sendJson(call, 204, undefined);
}

export function previewPack(call: Call): void {
  const pack = packOf(call);
  const { organization_ids: ids } = call.body as Schemas['DataPackPreviewRequest'];
  sendJson(call, 200, {
    columns, changes: pack.version === null ? [] : [{ column: 'currency', change: 'removed', before: 'text', after: null }],
    organizations: ids.map((id) => (id === 'acme' ? { id, rows: 41_337, sample: [['1001', '12.50'], ['1002', null]], error: null } : { id, rows: null, sample: [], error: 'There is no such organization.' })),
  } satisfies Schemas['DataPackPreview']);
}

export function releasePack(call: Call): void {
  const pack = packOf(call);
  const version = (pack.version ?? 0) + 1;
  Object.assign(pack, { version, state: 'released', pending: false, columns, versions: [{ version, released_at: new Date().toISOString(), ends_at: null, columns }, ...pack.versions], updated_at: new Date().toISOString() });
  sendJson(call, 200, pack);
}

export function entitle(call: Call): void {
  const pack = packOf(call);
  const org = call.params['org'] ?? '';
  pack.organizations = [...pack.organizations.filter((id) => id !== org), ...(call.request.method === 'PUT' ? [org] : [])];
  if (call.request.method === 'PUT') sendJson(call, 200, {});
  else sendJson(call, 204, undefined);
}

export function listAllRuns(call: Call): void {
  forOperators(call);
  const { searchParams } = call.url;
  const [state, pack] = [searchParams.get('state'), searchParams.get('pack')];
  const data = runs.filter((run) => (!state || run.state === state) && (!pack || run.pack === pack)).slice(0, 50);
  sendJson(call, 200, { data, next_cursor: null, has_more: false });
}

export function listSources(call: Call): void {
  forOperators(call);
  sendJson(call, 200, { data: sources });
}

const upload = (id: string, name: string, bytes: number, received = bytes): Schemas['DataPackUpload'] => ({ id, name, bytes, received, complete: received === bytes, sha256: received === bytes ? 'd'.repeat(64) : null, expires_at: received === bytes ? null : at, created_at: at });

export function listFileSets(call: Call): void {
  forOperators(call);
  const head = { organization_id: 'acme', interval_start: null, created_at: at, files_expected: 2, completed_at: at };
  sendJson(call, 200, {
    data: [
      { ...head, name: '2026-11-02T05:00:00Z', interval_start: '2026-11-02T05:00:00Z', revision: 1, state: 'open', completed_at: null, files: [upload('u5', 'statements-1.pdf', 812_004), upload('u6', 'statements-2.pdf', 4_190_208, 1_048_576)] },
      { ...head, name: 'november', revision: 2, state: 'complete', files: [upload('u3', 'statements-1.pdf', 812_004), upload('u4', 'statements-2.pdf', 4_201_336)] },
      { ...head, name: 'november', revision: 1, state: 'gone', files: [] },
    ],
    next_cursor: null, has_more: false,
  } satisfies Schemas['FileSetPage']);
}

export function getFolder(call: Call): void {
  forOperators(call);
  const source = call.url.searchParams.get('source');
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const entry = (set: string, state: 'waiting' | 'refused' | 'left', code: string, detail: string, minutes: number) => ({ path: `nightly/acme/${set}`, source: 'nightly', organization_id: 'acme', set, state, code, detail, since: ago(minutes) });
  const data: Schemas['WatchedFolderEntry'][] = [
    entry('20261122T060000Z', 'waiting', 'files_missing', '1 of 2 files of 20261122T060000Z are there.', 190),
    entry('20261123T060000Z', 'waiting', 'sha256_differs', 'statements-2.csv.gz is not the file whose SHA-256 is in SHA256SUMS: it may still be on its way.', 2),
    entry('corrections', 'refused', 'not_a_file', 'statements.csv.gz is not a file of its own: a link, a pipe or a device.', 45),
    { path: 'weekly', source: null, organization_id: null, set: null, state: 'refused', code: 'unknown_source', detail: 'There is no source of type folder with this id.', since: ago(1500) },
  ];
  sendJson(call, 200, { path: '/srv/trailkeeper-drop', looked_at: ago(0.1), problem: null, data: data.filter((one) => source === null || one.source === source), more: false } satisfies Schemas['WatchedFolder']);
}

export function putSource(call: Call): void {
  forOperators(call);
  const { password, ...body } = call.body as Schemas['DataSourceSettings'];
  const id = call.params['source'] ?? '';
  const old = sources.find((item) => item.id === id);
  const source: Source = { packs: 0, created_at: at, ...old, ...body, tls: body.tls ?? 'verify', host: body.host ?? '', database: body.database ?? '', user: body.user ?? '', port: body.port ?? null, ca: body.ca ?? null, id, has_password: Boolean(password) || Boolean(old?.has_password), updated_at: new Date().toISOString() };
  if (old) sources.splice(sources.indexOf(old), 1, source);
  else sources.push(source);
  sendJson(call, old ? 200 : 201, source);
}

export function deleteSource(call: Call): void {
  forOperators(call);
  const source = sources.find(({ id }) => id === call.params['source']);
  if (!source) throw missing();
  if (source.packs > 0) throw new Refusal(409, 'source_in_use', 'Data packs read from it.');
  sources.splice(sources.indexOf(source), 1);
  sendJson(call, 204, undefined);
}

export function checkSource(call: Call): void {
  forOperators(call);
  sendJson(call, 200, { ok: true, version: 'PostgreSQL 15.9', read_only: false, warning: 'The user can write: give it SELECT alone.', detail: null, steps: [], duration_ms: 42 } satisfies Schemas['DataSourceCheck']);
}
