import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import type { EventFilter, Export, ExportRequest } from '~/api/types';
import { saveFile } from '~/lib/save-file';

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

export type FetchFile = (org: string, id: string) => Promise<void>;

// Fetches a file as whoever the calls are made by, and hands it to the browser to keep.
export const fetchExportFile: FetchFile = async (org, id) => {
  const answer = client.GET('/v1/orgs/{org}/exports/{id}/file', { params: { path: { org, id } }, headers: { Accept: '*/*' }, parseAs: 'blob' });
  const file = await dataOf(answer);
  const { response } = await answer;
  saveFile(/filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? id, file);
};

export const useFetchFile = (org: string, fetchFile: FetchFile = fetchExportFile) => useMutation({ mutationFn: (id: string) => fetchFile(org, id) });

export const fileAddress = (org: string, id: string): string => `/v1/orgs/${encodeURIComponent(org)}/exports/${encodeURIComponent(id)}/file`;
