import { queryOptions, useQuery } from '@tanstack/react-query';
import { observeServerTime } from '~/lib/server-clock';
import { client, dataOf, setCsrfToken } from './client';
import { ApiError } from './errors';
import type { Session, SessionOrg, SignIn } from './types';

export const sessionKey = ['session'] as const;

// True when a session has ended under the person's hands, until the next one begins.
export const sessionEndedKey = ['session-ended'] as const;

// Keeps what every later call needs from a session.
export function adoptSession(session: Session): Session {
  setCsrfToken(session.csrf_token);
  if (session.now) observeServerTime(session.now);
  return session;
}

// Null: nobody is signed in.
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return adoptSession(await dataOf(client.GET('/v1/sessions/current', { signal })));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export async function signIn(body: SignIn): Promise<Session> {
  return adoptSession(await dataOf(client.POST('/v1/sessions', { body })));
}

export async function signOut(): Promise<void> {
  await dataOf(client.DELETE('/v1/sessions/current'));
  setCsrfToken('');
}

export const useSession = (): Session | null => useQuery(sessionQuery).data ?? null;

export const isAdminOf = (org: SessionOrg): boolean => org.role === 'primary_admin' || org.role === 'admin';
