import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import type { DataPackDefinition, DataSourceSettings } from '~/api/operator-types';
import type { DataPackRun } from '~/api/types';

export const allPacksQuery = queryOptions({
  queryKey: ['pack-operations', 'packs'],
  queryFn: ({ signal }) => dataOf(client.GET('/v1/data_packs', { signal })),
  refetchInterval: 15_000,
});

export const packQuery = (pack: string) =>
  queryOptions({
    queryKey: ['pack-operations', 'pack', pack],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/data_packs/{pack}', { params: { path: { pack } }, signal })),
  });

export const sourcesQuery = queryOptions({
  queryKey: ['pack-operations', 'sources'],
  queryFn: ({ signal }) => dataOf(client.GET('/v1/data_sources', { signal })),
});

// What the vendor has brought of files, by sets.
export const fileSetsQuery = (source: string) =>
  infiniteQueryOptions({
    queryKey: ['pack-operations', 'file-sets', source],
    queryFn: ({ pageParam, signal }) =>
      dataOf(client.GET('/v1/data_sources/{source}/file_sets', { params: { path: { source }, query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    refetchInterval: 10_000,
  });

// What lies in the watched folder and was not taken; the server looks there every few seconds.
export const folderQuery = (source?: string) =>
  queryOptions({
    queryKey: ['pack-operations', 'folder', source ?? null],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/watched_folder', { params: { query: source === undefined ? {} : { source } }, signal })),
    refetchInterval: 5_000,
  });

export const allRunsQuery = (state: DataPackRun['state'] | null, pack?: string) =>
  infiniteQueryOptions({
    queryKey: ['pack-operations', 'runs', state, pack ?? null],
    queryFn: ({ pageParam, signal }) =>
      dataOf(client.GET('/v1/data_pack_runs', { params: { query: { limit: 50, ...(state ? { state } : {}), ...(pack ? { pack } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    refetchInterval: 10_000,
  });

function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['pack-operations'] });
}

export function useSavePack() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: ({ pack, body }: { pack: string; body: DataPackDefinition }) => dataOf(client.PUT('/v1/data_packs/{pack}', { params: { path: { pack } }, body })), onSuccess: refresh });
}

export function useRemovePack(onGone: () => void) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (pack: string) => dataOf(client.DELETE('/v1/data_packs/{pack}', { params: { path: { pack } } })),
    onSuccess: () => {
      onGone();
      return refresh();
    },
  });
}

export function usePreview() {
  return useMutation({
    mutationFn: ({ pack, orgs }: { pack: string; orgs: string[] }) => dataOf(client.POST('/v1/data_packs/{pack}/preview', { params: { path: { pack } }, body: { organization_ids: orgs } })),
  });
}

export function useRelease() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ pack, days }: { pack: string; days: number | null }) => dataOf(client.POST('/v1/data_packs/{pack}/release', { params: { path: { pack } }, body: days === null ? {} : { notice_days: days } })),
    onSuccess: refresh,
  });
}

export function useConfirmChange() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ pack, days }: { pack: string; days: number }) => dataOf(client.POST('/v1/data_packs/{pack}/confirm_change', { params: { path: { pack } }, body: { notice_days: days } })),
    onSuccess: refresh,
  });
}

export function useEntitle() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async ({ org, pack, has }: { org: string; pack: string; has: boolean }): Promise<void> => {
      const path = { org, pack };
      await (has ? dataOf(client.PUT('/v1/orgs/{org}/data_packs/{pack}', { params: { path }, body: {} })) : dataOf(client.DELETE('/v1/orgs/{org}/data_packs/{pack}', { params: { path } })));
    },
    onSuccess: refresh,
  });
}

export function useSaveSource() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: ({ source, body }: { source: string; body: DataSourceSettings }) => dataOf(client.PUT('/v1/data_sources/{source}', { params: { path: { source } }, body })), onSuccess: refresh });
}

export function useRemoveSource() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (source: string) => dataOf(client.DELETE('/v1/data_sources/{source}', { params: { path: { source } } })), onSuccess: refresh });
}

export function useCheckSource() {
  return useMutation({ mutationFn: (source: string) => dataOf(client.POST('/v1/data_sources/{source}/check', { params: { path: { source } } })) });
}
