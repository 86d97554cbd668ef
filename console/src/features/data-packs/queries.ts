import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { ApiError } from '~/api/errors';
import type { DataPackDestinationSettings, DataPackRun, SftpSettings } from '~/api/types';
import { isChanging } from './shared/words';

const key = (org: string) => ['data-packs', org] as const;
const liveMs = 5_000;
const idleMs = 30_000;

export const packsQuery = (org: string) =>
  queryOptions({
    queryKey: [...key(org), 'list'],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/data_packs', { params: { path: { org } }, signal })),
    refetchInterval: ({ state }) => (state.data?.data.some(({ last_run: run }) => run && isChanging(run)) ? liveMs : idleMs),
  });

export const runsQuery = (org: string, pack: string) =>
  infiniteQueryOptions({
    queryKey: [...key(org), 'runs', pack],
    queryFn: ({ pageParam, signal }) =>
      dataOf(client.GET('/v1/orgs/{org}/data_packs/{pack}/runs', { params: { path: { org, pack }, query: { limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.data.some(isChanging)) ? liveMs : idleMs),
  });

const pageOfRuns = (org: string, pack: string, cursor: string | null, signal: AbortSignal) =>
  dataOf(client.GET('/v1/orgs/{org}/data_packs/{pack}/runs', { params: { path: { org, pack }, query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }));

// All runs of one backfill: they were asked for at one moment, and lie beside each other.
export const backfillQuery = (org: string, pack: string, askedAt: string) =>
  queryOptions({
    queryKey: [...key(org), 'backfill', pack, askedAt],
    queryFn: async ({ signal }) => {
      const found: DataPackRun[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof pageOfRuns>> = await pageOfRuns(org, pack, cursor, signal);
        found.push(...page.data.filter((run) => run.kind === 'backfill' && run.due_at === askedAt));
        cursor = page.has_more && Date.parse(page.data.at(-1)?.due_at ?? '') >= Date.parse(askedAt) ? page.next_cursor : null;
      } while (cursor);
      return found;
    },
    refetchInterval: ({ state }) => (state.data?.some(isChanging) ? liveMs : false),
  });

function useRefresh() {
  const queries = useQueryClient();
  return () => Promise.all([queries.invalidateQueries({ queryKey: ['data-packs'] }), queries.invalidateQueries({ queryKey: ['pack-operations'] })]);
}

export interface NewRuns {
  org: string;
  pack: string;
  body: { from?: string; to?: string; replaces?: string };
}

export function useStartRuns() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ org, pack, body }: NewRuns) => dataOf(client.POST('/v1/orgs/{org}/data_packs/{pack}/runs', { params: { path: { org, pack } }, body })),
    onSuccess: refresh,
  });
}

export type RunVerb = 'cancel' | 'retry' | 'release' | 'compare';

export function useActOnRun() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ run, verb }: { run: DataPackRun; verb: RunVerb }) =>
      dataOf(client.POST(`/v1/orgs/{org}/data_packs/{pack}/runs/{run}/${verb}`, { params: { path: { org: run.organization_id, pack: run.pack, run: run.id } } })),
    onSuccess: refresh,
  });
}

export const destinationQuery = (org: string) =>
  queryOptions({
    queryKey: [...key(org), 'destination'],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/data_pack_destination', { params: { path: { org } }, signal })),
  });

// What a change would do; nothing is changed.
export const previewQuery = (org: string, body: DataPackDestinationSettings) =>
  queryOptions({
    queryKey: [...key(org), 'destination-preview', body],
    queryFn: ({ signal }) => dataOf(client.PUT('/v1/orgs/{org}/data_pack_destination', { params: { path: { org }, query: { preview: true } }, body, signal })),
    staleTime: 0,
    retry: false,
  });

export function useSaveDestination(org: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: DataPackDestinationSettings) => dataOf(client.PUT('/v1/orgs/{org}/data_pack_destination', { params: { path: { org } }, body })),
    onSuccess: refresh,
  });
}

// The buckets that an organization has connected, of which one can take data packs.
export const bucketsQuery = (org: string) =>
  queryOptions({
    queryKey: ['s3', org],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/integrations/s3', { params: { path: { org } }, signal })),
  });

// Null when none is set.
export const sftpQuery = (org: string) =>
  queryOptions({
    queryKey: [...key(org), 'sftp'],
    queryFn: async ({ signal }) => {
      try {
        return await dataOf(client.GET('/v1/orgs/{org}/integrations/sftp', { params: { path: { org } }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });

const saveSftp = (org: string, body: SftpSettings) => dataOf(client.PUT('/v1/orgs/{org}/integrations/sftp', { params: { path: { org } }, body }));
const checkSftp = (org: string) => dataOf(client.POST('/v1/orgs/{org}/integrations/sftp/check', { params: { path: { org } } }));

export function useSaveSftp(org: string) {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (body: SftpSettings) => saveSftp(org, body), onSuccess: refresh });
}

export function useCheckSftp(org: string) {
  const refresh = useRefresh();
  return useMutation({ mutationFn: () => checkSftp(org), onSuccess: refresh });
}

// One mutation: what is saved shows the server's values anew, and nothing that waits in the page for that survives it.
export function useConfirmHostKey(org: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (body: SftpSettings) => {
      await saveSftp(org, body);
      return checkSftp(org);
    },
    onSettled: refresh,
  });
}

export function useRemoveSftp(org: string) {
  const refresh = useRefresh();
  return useMutation({ mutationFn: () => dataOf(client.DELETE('/v1/orgs/{org}/integrations/sftp', { params: { path: { org } } })), onSuccess: refresh });
}
