import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from '~/api/errors';
import { sessionEndedKey, sessionKey } from '~/api/session';

// What is said of a password or a code that was tried, not of the session.
const aboutProof = new Set(['bad_credentials', 'second_factor_needed', 'wrong_code', 'sso_required']);

// One place that notices the end of a session.
export function makeQueryClient(onSessionEnd: () => void): QueryClient {
  const notice = (error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 401 || aboutProof.has(error.code)) return;
    if (client.getQueryData(sessionKey) === null) return;
    client.setQueryData(sessionEndedKey, true);
    client.setQueryData(sessionKey, null);
    onSessionEnd();
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({ onError: notice }),
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
  return client;
}
