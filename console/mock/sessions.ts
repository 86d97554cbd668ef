import { sessionOf, sessionTokenOf } from './access.ts';
import { sendJson } from './http.ts';
import { hasFactor, rightCode } from './second-factor.ts';
import { orgs, password, people, sessions, token, type SessionState } from './world.ts';
import { Refusal, type Call, type Person, type Schemas } from './types.ts';

function bodyOf({ person, csrf, guest = false, portal = null }: SessionState): Schemas['Session'] {
  return {
    person: { id: person.id, email: person.email, name: person.name },
    operator: person.operator,
    orgs: orgs.flatMap((org) => {
      const role = person.roles[org.id];
      return role ? [{ ...org, role }] : [];
    }),
    csrf_token: csrf,
    guest,
    portal,
    expires_at: new Date(Date.now() + 12 * 3_600_000).toISOString(),
    now: new Date().toISOString(),
  };
}

export function createSession(call: Call): void {
  const { email, password: given, code } = (call.body ?? {}) as Partial<Schemas['SignIn']>;
  const person = people.find((item) => item.email === email?.toLowerCase());
  if (email === 'slow@acme.example') throw new Refusal(429, 'slow_down', 'Too many tries.', { headers: { 'Retry-After': '60' } });
  if (!person || given !== password) throw new Refusal(401, 'bad_credentials', 'The email or the password is wrong.');
  if (hasFactor(person.id) && !code) throw new Refusal(401, 'second_factor_needed', 'Send a code too.');
  if (hasFactor(person.id) && code !== rightCode) throw new Refusal(401, 'wrong_code', 'The code is wrong.');
  beginSession(call, person);
}

export function beginSession(call: Call, person: Person, more: Pick<SessionState, 'guest' | 'portal'> = {}): void {
  const id = token(32);
  const session = { person, csrf: token(), ...more };
  sessions.set(id, session);
  sendJson(call, 201, bodyOf(session), { 'Set-Cookie': `sid=${id}; HttpOnly; SameSite=Lax; Path=/` });
}

export const getSession = (call: Call): void => sendJson(call, 200, bodyOf(sessionOf(call)));

export function deleteSession(call: Call): void {
  sessionOf(call);
  sessions.delete(sessionTokenOf(call));
  sendJson(call, 204, undefined, { 'Set-Cookie': 'sid=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0' });
}
