// Who may do what, as the server decides it.
import { orgs, sessions, type SessionState } from './world.ts';
import { Refusal, type Call, type Org, type Schemas } from './types.ts';

export const sessionTokenOf = (call: Call): string => /(?:^|;\s*)sid=([^;]+)/.exec(call.request.headers.cookie ?? '')?.[1] ?? '';

export function sessionOf(call: Call): SessionState {
  const session = sessions.get(sessionTokenOf(call));
  if (!session) throw new Refusal(401, 'unauthenticated', 'Sign in first.');
  if (call.request.method !== 'GET' && call.request.headers['x-csrf-token'] !== session.csrf) {
    throw new Refusal(403, 'csrf', 'The request does not come from this session’s page.');
  }
  return session;
}

export function orgFor(call: Call, entitlement: keyof Schemas['Entitlements']): Org {
  const { person } = sessionOf(call);
  const org = orgs.find((item) => item.id === call.params['org']);
  const role = org && person.roles[org.id];
  if (!org || !role) throw new Refusal(404, 'not_found', 'There is no such organization.');
  if (role === 'member') throw new Refusal(403, 'forbidden', 'Only primary admins and admins may do this.');
  if (!org.entitlements[entitlement]) throw new Refusal(403, 'not_enabled', 'This is not enabled for the organization.');
  return org;
}
