import { queryOptions, useQuery } from '@tanstack/react-query';
import { remember } from '~/lib/remembered';
import { observeServerTime } from '~/lib/server-clock';
import { fetchOnce } from './asked-early';
import { client, dataOf, setCsrfToken } from './client';
import { ApiError } from './errors';
import type { Session, SessionOrg, SignIn } from './types';

export const sessionKey = ['session'] as const;

// True when a session has ended under the person's hands, until the next one begins.
export const sessionEndedKey = ['session-ended'] as const;

// The organizations whose log the person may read, for public/first.js.
const readsKey = 'reads';

// Keeps what every later call needs from a session.
export function adoptSession(session: Session): Session {
  setCsrfToken(session.csrf_token);
  if (session.now) observeServerTime(session.now);
  remember(readsKey, session.orgs.filter((org) => isAdminOf(org) && org.entitlements.audit_logs).map(({ id }) => id));
  return session;
}

// The next page that is opened does not ask for a log before it knows who is there.
export function forgetSession(): void {
  setCsrfToken('');
  remember(readsKey, []);
}

async function orNobody(session: Promise<Session>): Promise<Session | null> {
  try {
    return await session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

// Who is signed in by now, asked for even while the page waits for its person.
export const askWhoIsHere = (): Promise<Session | null> => orNobody(dataOf(client.GET('/v1/sessions/current', { fetch: fetchOnce })));

let otherPerson = (): void => undefined;

// Called when another window of the browser has signed somebody else in.
export function onOtherPerson(listener: () => void): void {
  otherPerson = listener;
}

// Null: nobody is signed in.
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal, client: queries }): Promise<Session | null> => {
    const session = await orNobody(dataOf(client.GET('/v1/sessions/current', { signal })));
    const before = queries.getQueryData<Session | null>(sessionKey);
    if (before && session && before.person.id !== session.person.id) {
      otherPerson();
      return before;
    }
    return session && adoptSession(session);
  },
  staleTime: 60_000,
});

export async function signIn(body: SignIn): Promise<Session> {
  return adoptSession(await dataOf(client.POST('/v1/sessions', { body })));
}

export async function signOut(): Promise<void> {
  await dataOf(client.DELETE('/v1/sessions/current'));
  forgetSession();
}

export const useSession = (): Session | null => useQuery(sessionQuery).data ?? null;

export const isAdminOf = (org: SessionOrg): boolean => org.role === 'primary_admin' || org.role === 'admin';
