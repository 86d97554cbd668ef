import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import type { ViewSettings } from '~/api/types';

const key = (org: string) => ['views', org];

export const viewsQuery = (org: string) =>
  queryOptions({
    queryKey: key(org),
    queryFn: async ({ signal }) => (await dataOf(client.GET('/v1/orgs/{org}/views', { params: { path: { org } }, signal }))).data,
    staleTime: 60_000,
  });

export function useViewChanges(org: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(org) });
  // One after the other: leaving the name's field for the tick beside it makes two changes of one view.
  const scope = { id: `views ${org}` };
  const create = useMutation({
    mutationFn: (body: ViewSettings) => dataOf(client.POST('/v1/orgs/{org}/views', { params: { path: { org } }, body })),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: ViewSettings }) => dataOf(client.PUT('/v1/orgs/{org}/views/{id}', { params: { path: { org, id } }, body })),
    onSuccess,
    scope,
  });
  const remove = useMutation({
    mutationFn: (id: string) => dataOf(client.DELETE('/v1/orgs/{org}/views/{id}', { params: { path: { org, id } } })),
    onSuccess,
    scope,
  });
  return { create, change, remove };
}
