import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionKey, signOut } from '~/api/session';
import { tellSignedOut } from './windows';

// Whatever the server says, nothing of the session stays in this window.
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await signOut().catch(() => undefined);
    tellSignedOut();
    await navigate({ to: '/sign-in', replace: true });
    queries.clear();
    queries.setQueryData(sessionKey, null);
  };
}
