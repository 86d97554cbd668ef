import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { orgOfLook, ownOrg, ownOrgOf, useLooks, type Look } from '~/api/looks';
import { useSession } from '~/api/session';
import type { Session, SessionOrg } from '~/api/types';
import { texts } from '~/texts/frame';

const own = ownOrgOf(texts.ownTrail);

// The organization whose pages were open last in this window.
let lastOrg = '';

export const lastOrgOf = (session: Session): SessionOrg | null =>
  session.orgs.find((item) => item.id === lastOrg) ?? (session.operator ? null : (session.orgs[0] ?? null));

// The organization of the address, when the person belongs to it or looks at it as the vendor.
export function useOrg(): SessionOrg | null {
  const { org } = useParams({ strict: false });
  const session = useSession();
  const look = useLook();
  useEffect(() => {
    if (org) lastOrg = org;
  }, [org]);
  const looked = useMemo(() => (look ? orgOfLook(look) : null), [look]);
  if (session?.operator && org === ownOrg) return own;
  return session?.orgs.find((item) => item.id === org) ?? looked;
}

// The look by which an operator sees the organization of the address.
export function useLook(): Look | null {
  const { org } = useParams({ strict: false });
  return useLooks()?.find((look) => look.org.id === org) ?? null;
}
