import { useQueryClient } from '@tanstack/react-query';
import { sessionKey } from '~/api/session';
import type { Session } from '~/api/types';

// Begins a session in this window: nothing of the one before is left.
export function useAdopt(): (session: Session) => void {
  const queries = useQueryClient();
  return (session) => {
    queries.clear();
    queries.setQueryData(sessionKey, session);
  };
}
