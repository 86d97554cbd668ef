import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { endLook, looksKey, startLook } from '~/api/looks';
import type { ActionSettings, KeyChange, MaskingRules, NewKey, OrgSettings } from '~/api/operator-types';

const pageSize = 50;

interface Page {
  has_more: boolean;
  next_cursor: string | null;
}
const next = (last: Page) => (last.has_more ? last.next_cursor : undefined);
const first = null as string | null;
const at = (cursor: string | null) => ({ limit: pageSize, ...(cursor ? { cursor } : {}) });

export const orgsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['operators', 'orgs', q],
    queryFn: ({ pageParam, signal }) => dataOf(client.GET('/v1/orgs', { params: { query: { ...at(pageParam), ...(q ? { q } : {}) } }, signal })),
    initialPageParam: first,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });

export const orgQuery = (org: string) =>
  queryOptions({
    queryKey: ['operators', 'org', org],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}', { params: { path: { org } }, signal })),
  });

// The organization as it stands in the list of all, which says what comes in.
export const activityQuery = (org: string) =>
  queryOptions({
    queryKey: ['operators', 'activity', org],
    queryFn: async ({ signal }) => {
      const page = await dataOf(client.GET('/v1/orgs', { params: { query: { q: org, limit: 200 } }, signal }));
      return page.data.find((item) => item.id === org)?.activity ?? null;
    },
    refetchInterval: 15_000,
  });

export const orgDestinationsQuery = (org: string) =>
  queryOptions({
    queryKey: ['operators', 'org-destinations', org],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/integrations/s3', { params: { path: { org } }, signal })),
  });

export interface KeyFilter {
  org?: string;
  application?: string;
  active?: boolean;
}

export const keysQuery = (filter: KeyFilter) =>
  infiniteQueryOptions({
    queryKey: ['operators', 'keys', filter],
    queryFn: ({ pageParam, signal }) => dataOf(client.GET('/v1/keys', { params: { query: { ...at(pageParam), ...filter } }, signal })),
    initialPageParam: first,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });

export type ActionStatus = 'all' | 'registered' | 'unregistered' | 'never_seen';

export const actionsQuery = (status: ActionStatus) =>
  infiniteQueryOptions({
    queryKey: ['operators', 'actions', status],
    queryFn: ({ pageParam, signal }) => dataOf(client.GET('/v1/actions', { params: { query: { ...at(pageParam), status } }, signal })),
    initialPageParam: first,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });

export const schemasQuery = (action: string) =>
  queryOptions({
    queryKey: ['operators', 'schemas', action],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/actions/{action}/schemas', { params: { path: { action }, query: { limit: pageSize } }, signal })),
  });

export const maskingQuery = queryOptions({
  queryKey: ['operators', 'masking'],
  queryFn: ({ signal }) => dataOf(client.GET('/v1/masking', { signal })),
});

export const overviewQuery = queryOptions({
  queryKey: ['operators', 'overview'],
  queryFn: ({ signal }) => dataOf(client.GET('/v1/overview', { signal })),
  refetchInterval: 5_000,
});

export const destinationsQuery = queryOptions({
  queryKey: ['operators', 'destinations'],
  queryFn: ({ signal }) => dataOf(client.GET('/v1/destinations', { signal })),
  refetchInterval: 15_000,
});

function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['operators'] });
}

export function useSaveOrg() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: ({ org, body }: { org: string; body: OrgSettings }) => dataOf(client.PUT('/v1/orgs/{org}', { params: { path: { org } }, body })), onSuccess: refresh });
}

export function useCreateKey() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (body: NewKey) => dataOf(client.POST('/v1/keys', { body })), onSuccess: refresh });
}

export function useRotateKey() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, seconds }: { id: string; seconds: number }) => dataOf(client.POST('/v1/keys/{id}/rotate', { params: { path: { id } }, body: { overlap_seconds: seconds } })),
    onSuccess: refresh,
  });
}

export function useRevokeKey() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (id: string) => dataOf(client.DELETE('/v1/keys/{id}', { params: { path: { id } } })), onSuccess: refresh });
}

export function useChangeKey() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: ({ id, body }: { id: string; body: KeyChange }) => dataOf(client.PATCH('/v1/keys/{id}', { params: { path: { id } }, body })), onSuccess: refresh });
}

export function useSaveAction() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ action, body }: { action: string; body: ActionSettings }) => dataOf(client.PUT('/v1/actions/{action}', { params: { path: { action } }, body })),
    onSuccess: refresh,
  });
}

export function useRemoveAction() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (action: string) => dataOf(client.DELETE('/v1/actions/{action}', { params: { path: { action } } })), onSuccess: refresh });
}

export function useSaveMasking() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (body: MaskingRules) => dataOf(client.PUT('/v1/masking', { body })), onSuccess: refresh });
}

export function useStartLook(org: string) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: (reason: string) => startLook(org, reason), onSuccess: () => queries.invalidateQueries({ queryKey: looksKey }) });
}

// The bar of a look goes with it: what comes next is done by the mutation itself, which outlives the bar.
export function useEndLook(onEnded: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: endLook,
    onSuccess: () => {
      onEnded();
      return queries.invalidateQueries({ queryKey: looksKey });
    },
  });
}
