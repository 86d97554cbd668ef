import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import type { Export, ExportRequest } from '~/api/types';

export const isInProgress = (item: Export): boolean => item.state === 'queued' || item.state === 'running';

export const exportsQuery = (org: string) =>
  queryOptions({
    queryKey: ['exports', org],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/exports', { params: { path: { org }, query: { limit: 100 } }, signal })),
    refetchInterval: (query) => (query.state.data?.data.some(isInProgress) ? 1_000 : 15_000),
  });

// How many entries the range holds without any filter.
export const rangeTotalQuery = (org: string, times: { from: string; to?: string }) =>
  queryOptions({
    queryKey: ['range-total', org, times],
    queryFn: async ({ signal }) =>
      (await dataOf(client.GET('/v1/orgs/{org}/events', { params: { path: { org }, query: { ...times, limit: 1 } }, signal }))).total,
  });

export function useCreateExport(org: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ExportRequest) => dataOf(client.POST('/v1/orgs/{org}/exports', { params: { path: { org } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['exports', org] }),
  });
}

export const fileAddress = (org: string, id: string): string => `/v1/orgs/${encodeURIComponent(org)}/exports/${encodeURIComponent(id)}/file`;
