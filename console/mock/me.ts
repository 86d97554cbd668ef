// The own account, and what a mailed link opens.
import { sessionOf, sessionTokenOf } from './access.ts';
import { sendJson } from './http.ts';
import { hasFactor, rightCode, setFactor } from './second-factor.ts';
import { beginSession } from './sessions.ts';
import { orgs, password as rightPassword, people } from './world.ts';
import { Refusal, type Call, type Schemas } from './types.ts';

const codes = Array.from({ length: 10 }, (_, i) => `k${i}f3a-9${i}zqe`);
const wrong = (code: string, pointer: string) => new Refusal(422, code, 'It is wrong.', { errors: [{ pointer, code }] });

function prove(call: Call, needsCode: boolean): void {
  const { password, code } = (call.body ?? {}) as { password?: string; code?: string };
  if (password !== rightPassword) throw wrong('wrong_password', '/password');
  if (needsCode && code !== rightCode) throw wrong('wrong_code', '/code');
}

function bodyOf(call: Call): Schemas['Me'] {
  const { person } = sessionOf(call);
  const enabled = hasFactor(person.id);
  return {
    id: person.id,
    email: person.email,
    name: person.name,
    operator: person.operator,
    has_password: true,
    second_factor: { enabled, required: false, since: enabled ? new Date().toISOString() : null, recovery_codes_left: enabled ? 10 : 0 },
    orgs: [],
  };
}

export const getMe = (call: Call): void => sendJson(call, 200, bodyOf(call));

export function changeMe(call: Call): void {
  sessionOf(call).person.name = (call.body as Schemas['MeChange']).name;
  getMe(call);
}

export function changePassword(call: Call): void {
  sessionOf(call);
  if ((call.body as Schemas['PasswordChange']).current !== rightPassword) throw wrong('wrong_password', '/current');
  sendJson(call, 204, undefined);
}

export function beginFactor(call: Call): void {
  const { person } = sessionOf(call);
  prove(call, false);
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  sendJson(call, 201, { secret, otpauth_url: `otpauth://totp/Trailkeeper:${encodeURIComponent(person.email)}?secret=${secret}&issuer=Trailkeeper&algorithm=SHA1&digits=6&period=30` });
}

export function confirmFactor(call: Call): void {
  const { person } = sessionOf(call);
  if ((call.body as { code: string }).code !== rightCode) throw wrong('wrong_code', '/code');
  setFactor(person.id, true);
  sendJson(call, 200, { recovery_codes: codes });
}

export function removeFactor(call: Call): void {
  const { person } = sessionOf(call);
  prove(call, true);
  setFactor(person.id, false);
  sendJson(call, 204, undefined);
}

export function renewCodes(call: Call): void {
  sessionOf(call);
  prove(call, true);
  sendJson(call, 200, { recovery_codes: codes });
}

export function listSessions(call: Call): void {
  const own = sessionOf(call);
  const now = Date.now();
  const base = { method: 'password' as const, org: null, ip: '203.0.113.9', user_agent: call.request.headers['user-agent'] ?? null, created_at: new Date(now - 3_600_000).toISOString(), last_seen_at: new Date(now).toISOString(), expires_at: new Date(now + 3_600_000).toISOString() };
  const data: Schemas['MySession'][] = [
    { ...base, id: sessionTokenOf(call).slice(0, 8), current: true },
    { ...base, id: 'other', current: false, method: 'totp', ip: '198.51.100.23', user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1', last_seen_at: new Date(now - 26 * 3_600_000).toISOString() },
  ];
  sendJson(call, 200, { data: own.hasEndedOthers ? data.slice(0, 1) : data });
}

export function endSession(call: Call): void {
  sessionOf(call).hasEndedOthers = true;
  sendJson(call, 204, undefined);
}

export const askForReset = (call: Call): void => sendJson(call, 202, undefined);

// Tokens of made-up links: `good`, and `factor` for somebody with a second factor.
function tokenOf(call: Call): string {
  const { token } = (call.body ?? {}) as { token?: string };
  if (token !== 'good' && token !== 'factor' && token !== 'known') throw new Refusal(404, 'link_not_valid', 'The link is not valid.');
  return token;
}

function codeIfNeeded(call: Call, token: string): void {
  const { code } = call.body as { code?: string };
  if (token !== 'factor') return;
  if (!code) throw new Refusal(401, 'second_factor_needed', 'Send a code too.');
  if (code !== rightCode) throw new Refusal(401, 'wrong_code', 'The code is wrong.');
}

export function redeemReset(call: Call): void {
  codeIfNeeded(call, tokenOf(call));
  sendJson(call, 204, undefined);
}

export function lookAtInvitation(call: Call): void {
  const token = tokenOf(call);
  sendJson(call, 200, { org: { id: 'acme', name: 'Acme' }, email: 'kim@acme.example', name: 'Kim Berg', role: 'admin', known: token !== 'good', expires_at: new Date(Date.now() + 5 * 86_400_000).toISOString(), sign_in_url: null });
}

export function acceptInvitation(call: Call): void {
  codeIfNeeded(call, tokenOf(call));
  const person = { id: `p${people.length + 1}`, email: 'kim@acme.example', name: (call.body as { name?: string }).name ?? 'Kim Berg', operator: false, roles: { acme: 'admin' as const } };
  people.push(person);
  beginSession(call, person);
}

const intent = 'audit_logs' as const;
const returnUrl = 'https://app.vendor.example/settings';

export function lookAtPortal(call: Call): void {
  tokenOf(call);
  sendJson(call, 200, { org: { id: 'acme', name: orgs[0]?.name ?? '' }, intent, return_url: returnUrl, expires_at: new Date(Date.now() + 300_000).toISOString() });
}

export function createPortalSession(call: Call): void {
  tokenOf(call);
  beginSession(call, { id: 'guest', email: 'sam@acme.example', name: 'Sam from the product', operator: false, roles: { acme: 'admin' } }, { guest: true, portal: { intent, return_url: returnUrl } });
}
