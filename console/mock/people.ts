// People of an organization, invitations, the organization's provider.
import { sessionOf } from './access.ts';
import { sendJson } from './http.ts';
import { orgs, people, token } from './world.ts';
import { Refusal, type Call, type Schemas } from './types.ts';

const day = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

function orgOf(call: Call): string {
  const { person } = sessionOf(call);
  const org = call.params['org'] ?? '';
  const role = person.roles[org];
  if (!role) throw new Refusal(404, 'not_found', 'There is no such organization.');
  if (role === 'member') throw new Refusal(403, 'forbidden', 'Only primary admins and admins may do this.');
  return org;
}

export function listPeople(call: Call): void {
  const org = orgOf(call);
  const data = people.flatMap((person, i) => {
    const role = person.roles[org];
    return role ? [{ id: person.id, email: person.email, name: person.name, role, disabled: person.id === 'p5', second_factor: i % 2 === 0, created_at: at(Date.now() - (30 + 60 * i) * day), last_sign_in_at: i % 4 === 3 ? null : at(Date.now() - i * 5 * 3_600_000) }] : [];
  });
  sendJson(call, 200, { data, next_cursor: null, has_more: false });
}

function personOf(call: Call, org: string) {
  const person = people.find((item) => item.id === call.params['id'] && item.roles[org]);
  if (!person) throw new Refusal(404, 'not_found', 'There is no such person.');
  const primaries = people.filter((item) => item.roles[org] === 'primary_admin');
  return { person, isLast: primaries.length === 1 && primaries[0] === person };
}

export function changeRole(call: Call): void {
  const org = orgOf(call);
  const { person, isLast } = personOf(call, org);
  const { role } = call.body as { role: Schemas['Role'] };
  if (isLast && role !== 'primary_admin') throw new Refusal(409, 'last_primary_admin', 'An organization keeps at least one primary admin.');
  person.roles[org] = role;
  sendJson(call, 200, { id: person.id, email: person.email, name: person.name, role });
}

export function removePerson(call: Call): void {
  const org = orgOf(call);
  const { person, isLast } = personOf(call, org);
  if (isLast) throw new Refusal(409, 'last_primary_admin', 'An organization keeps at least one primary admin.');
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the key is an id
  delete person.roles[org];
  sendJson(call, 204, undefined);
}

interface InvitationState {
  org: string;
  item: Schemas['Invitation'];
}

const invitations: InvitationState[] = [
  { org: 'acme', item: { id: 'i1', email: 'kim@acme.example', name: 'Kim Berg', role: 'admin', invited_by: 'Ann Porter', created_at: at(Date.now() - 2 * day), sent_at: at(Date.now() - 2 * day), expires_at: at(Date.now() + 5 * day), expired: false } },
  { org: 'acme', item: { id: 'i2', email: 'lou@acme.example', name: null, role: 'member', invited_by: 'Ann Porter', created_at: at(Date.now() - 9 * day), sent_at: at(Date.now() - 9 * day), expires_at: at(Date.now() - 2 * day), expired: true } },
];

export function listInvitations(call: Call): void {
  const org = orgOf(call);
  sendJson(call, 200, { data: invitations.filter((one) => one.org === org).map((one) => one.item), next_cursor: null, has_more: false });
}

export function createInvitation(call: Call): void {
  const org = orgOf(call);
  const { email, name, role } = call.body as Schemas['NewInvitation'];
  if (people.some((person) => person.email === email && person.roles[org])) throw new Refusal(409, 'already_member', 'Belongs to it already.');
  const item = { id: token(8), email, name: name ?? null, role, invited_by: sessionOf(call).person.name, created_at: at(Date.now()), sent_at: at(Date.now()), expires_at: at(Date.now() + 7 * day), expired: false };
  invitations.push({ org, item });
  sendJson(call, 201, item);
}

export function resendInvitation(call: Call): void {
  const org = orgOf(call);
  const found = invitations.find((one) => one.org === org && one.item.id === call.params['id']);
  if (!found) throw new Refusal(404, 'not_found', 'There is no such invitation.');
  found.item = { ...found.item, sent_at: at(Date.now()), expires_at: at(Date.now() + 7 * day), expired: false };
  sendJson(call, 200, found.item);
}

export function deleteInvitation(call: Call): void {
  const org = orgOf(call);
  const index = invitations.findIndex((one) => one.org === org && one.item.id === call.params['id']);
  if (index === -1) throw new Refusal(404, 'not_found', 'There is no such invitation.');
  invitations.splice(index, 1);
  sendJson(call, 204, undefined);
}

const nothing: Schemas['SignInSettings'] = {
  configured: false,
  redirect_uri: 'https://logs.vendor.example/v1/sign_in/oidc/callback',
  issuer: null,
  client_id: null,
  has_client_secret: false,
  allowed_domains: [],
  default_role: 'member',
  required: false,
  last_sign_in_at: null,
};
const settings = new Map<string, Schemas['SignInSettings']>([['acme', { ...nothing, allowed_domains: ['acme.example', 'mail.acme.example'] }]]);

export const getSignIn = (call: Call): void => sendJson(call, 200, settings.get(orgOf(call)) ?? nothing);

export function putSignIn(call: Call): void {
  const org = orgOf(call);
  const before = settings.get(org) ?? nothing;
  const { issuer, client_id, client_secret, allowed_domains, default_role, required } = call.body as Schemas['SignInChange'];
  if (!issuer.startsWith('https://')) {
    throw new Refusal(422, 'invalid_field', 'A field is not valid.', { errors: [{ pointer: '/issuer', code: 'invalid_field', detail: 'Nobody answers as an OpenID provider at this address.' }] });
  }
  const next = { ...before, configured: true, issuer, client_id, has_client_secret: client_secret === undefined ? before.has_client_secret : client_secret !== null, allowed_domains: allowed_domains ?? before.allowed_domains, default_role: default_role ?? before.default_role, required: required ?? false };
  settings.set(org, next);
  sendJson(call, 200, next);
}

export function deleteSignIn(call: Call): void {
  const org = orgOf(call);
  const before = settings.get(org) ?? nothing;
  settings.set(org, { ...nothing, allowed_domains: before.allowed_domains });
  sendJson(call, 204, undefined);
}

export function signInMethods(call: Call): void {
  const domain = (call.url.searchParams.get('email') ?? '').split('@')[1];
  const oidc = domain?.endsWith('sso.example') ? [{ url: `/v1/sign_in/oidc/${orgs[0]?.id ?? ''}` }] : [];
  sendJson(call, 200, { password: domain !== 'only.sso.example', oidc });
}
