import { QueryClient } from '@tanstack/react-query';
import { onSessionEnd } from '~/api/client';
import { isTransient } from '~/api/errors';
import { sessionEndedKey, sessionKey } from '~/api/session';

export function makeQueryClient(whenSessionEnds: () => void): QueryClient {
  const client = new QueryClient({
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
    // Without a session nothing has ended.
    if (!client.getQueryData(sessionKey)) return;
    client.setQueryData(sessionEndedKey, true);
    client.setQueryData(sessionKey, null);
    whenSessionEnds();
  });
  return client;
}
