import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { sessionKey } from '~/api/session';
import type { Me, MySession, SecondFactorSecret } from '~/api/types';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }): Promise<Me> => dataOf(client.GET('/v1/me', { signal })),
});

export const mySessionsQuery = queryOptions({
  queryKey: ['my-sessions'],
  queryFn: async ({ signal }): Promise<MySession[]> => (await dataOf(client.GET('/v1/me/sessions', { signal }))).data,
});

// What a change here changes elsewhere: the page itself, the list of sessions, the name in the frame.
function useRefresh() {
  const queries = useQueryClient();
  return () => Promise.all([meQuery.queryKey, mySessionsQuery.queryKey, sessionKey].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export function useRename() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (name: string) => dataOf(client.PATCH('/v1/me', { body: { name } })), onSuccess: refresh });
}

export function useChangePassword() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (body: { current: string; new: string }) => dataOf(client.POST('/v1/me/password', { body })), onSuccess: refresh });
}

export const useBeginSecondFactor = () =>
  useMutation({ mutationFn: (password: string): Promise<SecondFactorSecret> => dataOf(client.POST('/v1/me/second_factor', { body: { password } })) });

export function useConfirmSecondFactor() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (code: string) => (await dataOf(client.POST('/v1/me/second_factor/confirm', { body: { code } }))).recovery_codes,
    onSuccess: refresh,
  });
}

interface Proof {
  password: string;
  code: string;
}

export function useRemoveSecondFactor() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (body: Proof) => dataOf(client.DELETE('/v1/me/second_factor', { body })), onSuccess: refresh });
}

export function useRenewCodes() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: async (body: Proof) => (await dataOf(client.POST('/v1/me/recovery_codes', { body }))).recovery_codes, onSuccess: refresh });
}

export function useEndSession() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (id: string) => dataOf(client.DELETE('/v1/me/sessions/{id}', { params: { path: { id } } })), onSuccess: refresh });
}
