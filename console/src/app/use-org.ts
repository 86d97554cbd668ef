import { useParams } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import type { SessionOrg } from '~/api/types';

// The organisation of the address, when the person belongs to it.
export function useOrg(): SessionOrg | null {
  const { org } = useParams({ strict: false });
  const session = useSession();
  return session?.orgs.find((item) => item.id === org) ?? null;
}
