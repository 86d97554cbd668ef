import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { onSessionEnd } from '~/api/client';
import { ApiError, isTransient } from '~/api/errors';
import { forgetSession, sessionEndedKey, sessionKey } from '~/api/session';
import type { Session } from '~/api/types';
import { beginWaiting, waitingFor } from '~/api/waiting';

const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status === 403;

const isOldPage = (error: unknown): boolean => error instanceof ApiError && error.code === 'csrf';

interface Options {
  hasUnsavedText: () => boolean;
  whenSessionEnds: () => void; // and nothing is kept
}

export function makeQueryClient({ hasUnsavedText, whenSessionEnds }: Options): QueryClient {
  const askAgain = () => void client.invalidateQueries({ queryKey: sessionKey });
  const client = new QueryClient({
    // What was allowed a moment ago may be no longer: the session says what the page may show now.
    queryCache: new QueryCache({ onError: (error) => isRefusal(error) && askAgain() }),
    // Another window has begun a session since: its token is needed, or it is somebody else's.
    mutationCache: new MutationCache({ onError: (error) => isOldPage(error) && askAgain() }),
    defaultOptions: {
      queries: {
        retry: (count, error) => count < 2 && isTransient(error),
        retryDelay: (attempt) => 400 * 2 ** attempt,
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  onSessionEnd(() => {
    if (waitingFor()) return true;
    // Without a session nothing has ended.
    const session = client.getQueryData<Session | null>(sessionKey);
    if (!session) return false;
    forgetSession();
    if (hasUnsavedText()) {
      beginWaiting(session);
      return true;
    }
    client.setQueryData(sessionEndedKey, true);
    client.setQueryData(sessionKey, null);
    whenSessionEnds();
    return false;
  });
  return client;
}
