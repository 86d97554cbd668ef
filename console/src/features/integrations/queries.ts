import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import type { DataPackDestinationSettings, Destination, DestinationList, DestinationSettings, Validation } from '~/api/types';

const listKey = (org: string) => ['s3', org] as const;

export const destinationsQuery = (org: string) =>
  queryOptions({
    queryKey: listKey(org),
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/integrations/s3', { params: { path: { org } }, signal })),
    refetchInterval: 10_000,
  });

export const deliveriesQuery = (org: string, destination: string) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', org, destination],
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        client.GET('/v1/orgs/{org}/deliveries', {
          params: { path: { org }, query: { destination, limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    refetchInterval: 10_000,
  });

// As many windows as a page can hold: eight days of hours.
export const timelineQuery = (org: string, destination: string) =>
  queryOptions({
    queryKey: ['deliveries', org, destination, 'timeline'],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/deliveries', { params: { path: { org }, query: { destination, limit: 200 } }, signal })),
    refetchInterval: 10_000,
  });

// Values of the entries that a filter could name.
export const valuesQuery = (org: string, field: 'action' | 'area', prefix: string) =>
  queryOptions({
    queryKey: ['values', org, field, prefix],
    queryFn: ({ signal }) =>
      dataOf(client.GET('/v1/orgs/{org}/events/values', { params: { path: { org }, query: prefix === '' ? { field } : { field, prefix } }, signal })),
    staleTime: 30_000,
  });

// Puts a changed destination into the list that every part of the page reads.
function useAdopt(org: string) {
  const queries = useQueryClient();
  return (destination: Destination) => {
    queries.setQueryData<DestinationList>(listKey(org), (old) => {
      const others = (old?.data ?? []).filter((item) => item.id !== destination.id);
      const known = old?.data.some((item) => item.id === destination.id);
      const data = known ? (old?.data ?? []).map((item) => (item.id === destination.id ? destination : item)) : [...others, destination];
      return { ...old, data };
    });
    void queries.invalidateQueries({ queryKey: ['deliveries', org] });
  };
}

export function useSave(org: string) {
  const adopt = useAdopt(org);
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: DestinationSettings }) =>
      dataOf(client.PUT('/v1/orgs/{org}/integrations/s3/{id}', { params: { path: { org, id } }, body })),
    onSuccess: adopt,
  });
}

export function useValidate(org: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string): Promise<Validation> =>
      dataOf(client.POST('/v1/orgs/{org}/integrations/s3/{id}/validate', { params: { path: { org, id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(org) }),
  });
}

export function useBackfill(org: string) {
  const adopt = useAdopt(org);
  return useMutation({
    mutationFn: ({ id, from }: { id: string; from: string }) => dataOf(client.POST('/v1/orgs/{org}/integrations/s3/{id}/backfill', { params: { path: { org, id } }, body: { from } })),
    onSuccess: adopt,
  });
}

export function useDryRun(org: string) {
  return useMutation({
    mutationFn: ({ id, filter }: { id: string; filter: NonNullable<DestinationSettings['filter']> | null }) =>
      dataOf(client.POST('/v1/orgs/{org}/integrations/s3/{id}/dry_run', { params: { path: { org, id } }, body: { filter } })),
  });
}

export function useRedeliver(org: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => dataOf(client.POST('/v1/orgs/{org}/deliveries/{id}/redeliver', { params: { path: { org, id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['deliveries', org] }),
  });
}

export const packDestinationQuery = (org: string) =>
  queryOptions({
    queryKey: ['data-packs', org, 'destination'],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/data_pack_destination', { params: { path: { org } }, signal })),
  });

// What a change of where data packs go would do; nothing is changed.
export const packPreviewQuery = (org: string, body: DataPackDestinationSettings) =>
  queryOptions({
    queryKey: ['data-packs', org, 'destination-preview', body],
    queryFn: ({ signal }) => dataOf(client.PUT('/v1/orgs/{org}/data_pack_destination', { params: { path: { org }, query: { preview: true } }, body, signal })),
    staleTime: 0,
    retry: false,
  });

export function useSavePackDestination(org: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: DataPackDestinationSettings) => dataOf(client.PUT('/v1/orgs/{org}/data_pack_destination', { params: { path: { org } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['data-packs', org] }),
  });
}

export type Verb = 'activate' | 'pause' | 'resume' | 'try_now';

export function useAct(org: string) {
  const adopt = useAdopt(org);
  return useMutation({
    mutationFn: ({ id, verb }: { id: string; verb: Verb }) =>
      dataOf(client.POST(`/v1/orgs/{org}/integrations/s3/{id}/${verb}`, { params: { path: { org, id } } })),
    onSuccess: adopt,
  });
}

export function useDisconnect(org: string, onGone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => dataOf(client.DELETE('/v1/orgs/{org}/integrations/s3/{id}', { params: { path: { org, id } } })),
    onSuccess: () => {
      onGone();
      return queries.invalidateQueries({ queryKey: listKey(org) });
    },
  });
}
