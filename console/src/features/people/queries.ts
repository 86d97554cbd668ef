import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { ownOrg } from '~/api/looks';
import { sessionKey } from '~/api/session';
import type { Role, SignInChange, SignInSettings } from '~/api/types';
import { serverNowMs } from '~/lib/server-clock';
import { notSince, type EverybodySearch } from './everybody-search';

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

const everybodyPageSize = 50;

// All people over all organizations, for operators.
export const everybodyQuery = ({ q, operators, org, role, state, factor, quiet }: EverybodySearch) => {
  const narrowed = {
    ...(q ? { q } : {}),
    ...(operators ? { operators: true } : {}),
    ...(org ? { org } : {}),
    ...(role ? { role } : {}),
    ...(state ? { state } : {}),
    ...(factor ? { second_factor: factor } : {}),
    ...(quiet ? { not_since: notSince(quiet, serverNowMs()) } : {}),
  };
  return infiniteQueryOptions({
    queryKey: ['everybody', narrowed],
    queryFn: ({ pageParam, signal }) => dataOf(client.GET('/v1/people', { params: { query: { ...narrowed, limit: everybodyPageSize, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    placeholderData: keepPreviousData,
  });
};

// The first organizations whose id or name holds the text.
export const orgNamesQuery = (text: string) =>
  queryOptions({
    queryKey: ['everybody', 'orgs', text],
    queryFn: async ({ signal }) => (await dataOf(client.GET('/v1/orgs', { params: { query: { limit: 20, ...(text ? { q: text } : {}) } }, signal }))).data.filter(({ id }) => id !== ownOrg),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
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

export interface Operation {
  kind: 'disable' | 'enable' | 'resetFactor';
  id: string;
}

// What operators do to a person, wherever that person belongs.
export function useOperate() {
  const queries = useQueryClient();
  const refresh = () => Promise.all([['people'], ['everybody'], sessionKey].map((queryKey) => queries.invalidateQueries({ queryKey })));
  return useMutation({
    mutationFn: async ({ kind, id }: Operation): Promise<void> => {
      const params = { path: { id } };
      if (kind === 'resetFactor') await dataOf(client.DELETE('/v1/people/{id}/second_factor', { params }));
      else await dataOf(client.POST(kind === 'enable' ? '/v1/people/{id}/enable' : '/v1/people/{id}/disable', { params }));
    },
    onSuccess: refresh,
  });
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
