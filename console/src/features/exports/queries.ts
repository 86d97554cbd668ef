import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import type { EventFilter, Export, ExportRequest } from '~/api/types';

export const isInProgress = (item: Export): boolean => item.state === 'queued' || item.state === 'running';

const key = (org: string) => ['exports', org];

export const exportsQuery = (org: string) =>
  queryOptions({
    queryKey: key(org),
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/exports', { params: { path: { org }, query: { limit: 100 } }, signal })),
    refetchInterval: (query) => (query.state.data?.data.some(isInProgress) ? 1_000 : 15_000),
  });

export interface Scope {
  from: string;
  to?: string;
  filter?: EventFilter;
}

// How many entries that is, and how large the files become.
export const estimateQuery = (org: string, scope: Scope) =>
  queryOptions({
    queryKey: ['estimate', org, scope],
    queryFn: ({ signal }) => dataOf(client.POST('/v1/orgs/{org}/exports/estimate', { params: { path: { org } }, body: scope, signal })),
    retry: false,
  });

export function useExportChanges(org: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(org) });
  const create = useMutation({
    mutationFn: (body: ExportRequest) => dataOf(client.POST('/v1/orgs/{org}/exports', { params: { path: { org } }, body })),
    onSuccess,
  });
  const cancel = useMutation({
    mutationFn: (id: string) => dataOf(client.POST('/v1/orgs/{org}/exports/{id}/cancel', { params: { path: { org, id } } })),
    onSettled: onSuccess,
  });
  return { create, cancel };
}

export const fileAddress = (org: string, id: string): string => `/v1/orgs/${encodeURIComponent(org)}/exports/${encodeURIComponent(id)}/file`;
