import { queryOptions, useQuery } from '@tanstack/react-query';
import { client, dataOf } from './client';
import type { components } from './schema';
import { useSession } from './session';
import type { SessionOrg } from './types';

export type Look = components['schemas']['Look'];

export const looksKey = ['looks'] as const;

// The customers' trails that this operator's session has open.
export const looksQuery = queryOptions({
  queryKey: looksKey,
  queryFn: async ({ signal }): Promise<Look[]> => (await dataOf(client.GET('/v1/looks', { signal }))).data,
  staleTime: 30_000,
});

const none: Look[] = [];

// Null while it is not known yet.
export function useLooks(): Look[] | null {
  const operator = useSession()?.operator ?? false;
  const looks = useQuery({ ...looksQuery, enabled: operator });
  if (!operator || looks.isError) return none;
  return looks.data ?? null;
}

export const startLook = (org: string, reason: string): Promise<Look> => dataOf(client.POST('/v1/orgs/{org}/looks', { params: { path: { org } }, body: { reason } }));

export async function endLook(id: string): Promise<void> {
  await dataOf(client.DELETE('/v1/looks/{id}', { params: { path: { id } } }));
}

// The operators' own trail, which is no customer's: it needs no look and has no window.
export const ownOrg = 'trailkeeper';
export const ownOrgOf = (name: string): SessionOrg => ({ id: ownOrg, name, role: 'admin', entitlements: { audit_logs: true, data_packs: false, s3: false }, viewing_window_days: 3650 });

// The organization as its own admins have it: an operator sees the same pages.
export const orgOfLook = (look: Look): SessionOrg => ({ ...look.org, role: 'admin' });
