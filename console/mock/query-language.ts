// Enough of the search language (docs/search.md) to try the page without the server.
import { parseTerms, type Term } from '../src/features/audit-logs/query/terms.ts';
import { Refusal, type AuditRecord } from './types.ts';

const fold = (text: string) => text.normalize('NFC').toLowerCase();

const textsOf: Record<string, (record: AuditRecord) => (string | undefined)[]> = {
  actor: ({ actor }) => [actor.id, actor.name, actor.username, actor.email],
  name: ({ actor }) => [actor.name, actor.username],
  email: ({ actor }) => [actor.email],
  action: (record) => [record.action, record.action_label],
  area: (record) => [record.area],
  application: (record) => [record.application],
  target: (record) => (record.targets ?? []).flatMap(({ type, id, name }) => [type, id, name]),
  ip: (record) => [record.context?.ip],
  session: (record) => [record.context?.session_id],
  request: (record) => [record.context?.request_id],
  id: (record) => [record.id],
  category: (record) => [record.category],
  outcome: (record) => [record.outcome],
  crud: (record) => [record.crud],
  status: (record) => [record.http_status?.toString()],
};
const wholeOnly = ['category', 'outcome', 'crud', 'status', 'ip', 'session', 'request', 'id'];

const free = ({ actor, action, action_label: label, area }: AuditRecord) => [actor.name, actor.username, actor.email, action, label, area];

const flags: Record<string, (record: AuditRecord) => boolean> = {
  unauthorised: (r) => (r.category === 'authentication' && r.outcome === 'failure') || r.http_status === 401 || r.http_status === 403,
  critical_change: (r) => r.category === 'permission' || r.category === 'configuration' || r.crud === 'delete',
  unusual_source: (r) => r.context?.ip?.startsWith('198.') ?? false,
};

const mistake = (at: number, sentence: string) => {
  const detail = `At character ${at + 1}: ${sentence}`;
  return new Refusal(400, 'invalid_query', detail, { errors: [{ pointer: 'query', code: 'invalid_query', detail }] });
};

function holds(record: AuditRecord, term: Term): boolean {
  const { field, values } = term;
  if (field === null) return values.some((value) => free(record).some((text) => text !== undefined && fold(text).includes(fold(value))));
  if (field === 'is') return values.some((value) => flags[value]?.(record));
  const texts = (textsOf[field]?.(record) ?? []).flatMap((text) => (text === undefined ? [] : fold(text)));
  return values.some((value) => {
    const exact = value.startsWith('=') || wholeOnly.includes(field);
    const wanted = fold(value.replace(/^=/, ''));
    return texts.some((text) => (exact ? text === wanted : text.includes(wanted)));
  });
}

// Whether a record matches; throws at a mistake. `besides`: a field whose whole values do not count (facets).
export function matcherOf(query: string, besides?: string): (record: AuditRecord) => boolean {
  const terms = parseTerms(query);
  for (const { field, start, open, values } of terms) {
    if (field !== null && field !== 'is' && !textsOf[field]) throw mistake(start, `There is no field "${field}".`);
    if (open) throw mistake(start, 'A quote is not closed.');
    const unknown = field === 'is' ? values.find((value) => !flags[value]) : undefined;
    if (unknown !== undefined) throw mistake(start, `There is no question "is:${unknown}".`);
    if (values.includes('')) throw mistake(start, 'A value is missing.');
  }
  const left = terms.filter(({ field, values, negated }) => negated || field === null || field !== besides || !(wholeOnly.includes(field) || values.every((v) => v.startsWith('='))));
  return (record) => left.every((term) => holds(record, term) !== term.negated);
}

// The values of a field, as facets count them.
export function valueOf(record: AuditRecord, field: string): { value: string; label?: string } | null {
  if (field === 'actor') return { value: record.actor.id, ...(record.actor.name ? { label: record.actor.name } : {}) };
  if (field === 'action') return { value: record.action, ...(record.action_label ? { label: record.action_label } : {}) };
  const value = field === 'target' ? record.targets?.[0]?.name : textsOf[field]?.(record)[0];
  return value === undefined ? null : { value };
}
