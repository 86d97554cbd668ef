import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { sessionKey } from '~/api/session';
import type { Role, SignInChange, SignInSettings } from '~/api/types';

const pageSize = 100;

export const peopleQuery = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['people', org],
    queryFn: ({ pageParam, signal }) =>
      dataOf(client.GET('/v1/orgs/{org}/people', { params: { path: { org }, query: { limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
  });

export const invitationsQuery = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['invitations', org],
    queryFn: ({ pageParam, signal }) =>
      dataOf(client.GET('/v1/orgs/{org}/invitations', { params: { path: { org }, query: { limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
  });

// Whatever was changed, and the own role perhaps with it.
function useRefresh(org: string) {
  const queries = useQueryClient();
  return () => Promise.all([['people', org], ['invitations', org], sessionKey].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export interface NewInvitation {
  email: string;
  name?: string;
  role: Role;
}

export function useInvite(org: string) {
  const refresh = useRefresh(org);
  return useMutation({ mutationFn: (body: NewInvitation) => dataOf(client.POST('/v1/orgs/{org}/invitations', { params: { path: { org } }, body })), onSuccess: refresh });
}

export function useResend(org: string) {
  const refresh = useRefresh(org);
  return useMutation({ mutationFn: (id: string) => dataOf(client.POST('/v1/orgs/{org}/invitations/{id}/resend', { params: { path: { org, id } } })), onSuccess: refresh });
}

export function useRevoke(org: string) {
  const refresh = useRefresh(org);
  return useMutation({ mutationFn: (id: string) => dataOf(client.DELETE('/v1/orgs/{org}/invitations/{id}', { params: { path: { org, id } } })), onSuccess: refresh });
}

export function useChangeRole(org: string) {
  const refresh = useRefresh(org);
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) => dataOf(client.PATCH('/v1/orgs/{org}/people/{id}', { params: { path: { org, id } }, body: { role } })),
    onSuccess: refresh,
  });
}

export function useRemove(org: string) {
  const refresh = useRefresh(org);
  return useMutation({ mutationFn: (id: string) => dataOf(client.DELETE('/v1/orgs/{org}/people/{id}', { params: { path: { org, id } } })), onSuccess: refresh });
}

export const signInQuery = (org: string) =>
  queryOptions({
    queryKey: ['org-sign-in', org],
    queryFn: ({ signal }): Promise<SignInSettings> => dataOf(client.GET('/v1/orgs/{org}/sign_in', { params: { path: { org } }, signal })),
  });

export function useSaveSignIn(org: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: SignInChange) => dataOf(client.PUT('/v1/orgs/{org}/sign_in', { params: { path: { org } }, body })),
    onSuccess: (fresh) => queries.setQueryData(signInQuery(org).queryKey, fresh),
  });
}

export function useForgetSignIn(org: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => dataOf(client.DELETE('/v1/orgs/{org}/sign_in', { params: { path: { org } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: signInQuery(org).queryKey }),
  });
}
