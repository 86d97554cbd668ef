import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '~/api/session';
import type { Session, SessionOrg } from '~/api/types';

// The organisation whose pages were open last in this window.
let lastOrg = '';

export const lastOrgOf = (session: Session): SessionOrg | null =>
  session.orgs.find((item) => item.id === lastOrg) ?? (session.operator ? null : (session.orgs[0] ?? null));

// The organisation of the address, when the person belongs to it.
export function useOrg(): SessionOrg | null {
  const { org } = useParams({ strict: false });
  const session = useSession();
  useEffect(() => {
    if (org) lastOrg = org;
  }, [org]);
  return session?.orgs.find((item) => item.id === org) ?? null;
}
