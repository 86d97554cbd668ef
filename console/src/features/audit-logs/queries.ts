import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { ApiError, isTransient } from '~/api/errors';
import type { AuditRecord, EventPage, EventProof, EventQuery, FacetField, LivePage, ValueField } from '~/api/types';
import { observeServerTime } from '~/lib/server-clock';

async function fetchPage(org: string, query: EventQuery, signal: AbortSignal): Promise<EventPage> {
  const page = await dataOf(client.GET('/v1/orgs/{org}/events', { params: { path: { org }, query }, signal }));
  observeServerTime(page.watermark);
  return page;
}

// A server that comes back shows by itself.
const untilThere = ({ state }: { state: { data: unknown; error: unknown } }) => (state.data === undefined && isTransient(state.error) ? 5_000 : false);

// The list as the reader scrolls it: pages by cursor, never reordered by a refetch.
export const eventListQuery = (org: string, query: EventQuery) =>
  infiniteQueryOptions({
    queryKey: ['events', org, query],
    queryFn: ({ pageParam, signal }) => fetchPage(org, pageParam ? { ...query, cursor: pageParam } : query, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    staleTime: Infinity,
    gcTime: 60_000,
    refetchInterval: untilThere,
  });

const waitSeconds = 10;

// What is new after an entry: answers as soon as there is something, or empty after a while.
export async function watchEvents(org: string, query: EventQuery, afterSeq: number, signal: AbortSignal): Promise<LivePage> {
  const params = { path: { org }, query: { ...query, after_seq: afterSeq, limit: 200, wait: waitSeconds } };
  const page = await dataOf(client.GET('/v1/orgs/{org}/events/live', { params, signal }));
  observeServerTime(page.watermark);
  return page;
}

// Counted once the entries are there, which come first.
export const facetsQuery = (org: string, query: EventQuery, fields: FacetField[], limit: number, isListed: boolean) =>
  queryOptions({
    enabled: isListed,
    queryKey: ['facets', org, query, fields, limit],
    queryFn: ({ signal }) =>
      dataOf(
        client.GET('/v1/orgs/{org}/events/facets', { params: { path: { org }, query: { ...query, fields, limit } }, querySerializer: { array: { style: 'form', explode: false } }, signal }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: untilThere,
  });

export const histogramQuery = (org: string, query: EventQuery, offsetMinutes: number, isListed: boolean) =>
  queryOptions({
    enabled: isListed,
    queryKey: ['histogram', org, query, offsetMinutes],
    queryFn: ({ signal }) =>
      dataOf(client.GET('/v1/orgs/{org}/events/histogram', { params: { path: { org }, query: { ...query, buckets: 60, offset_minutes: offsetMinutes } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: untilThere,
  });

// Values that go on from what was typed. The server looks at the last 30 days.
export const valuesQuery = (org: string, field: ValueField, prefix: string) =>
  queryOptions({
    queryKey: ['values', org, field, prefix],
    queryFn: ({ signal }) =>
      dataOf(client.GET('/v1/orgs/{org}/events/values', { params: { path: { org }, query: prefix === '' ? { field } : { field, prefix } }, signal })),
    staleTime: 30_000,
    retry: (failures, error) => failures < 2 && isTransient(error),
  });

export interface Entry {
  record: AuditRecord;
  line: string; // the record as it was hashed and delivered, byte for byte
}

export const eventQuery = (org: string, id: string) =>
  queryOptions({
    queryKey: ['event', org, id],
    queryFn: async ({ signal }): Promise<Entry> => {
      const line = await dataOf(
        client.GET('/v1/orgs/{org}/events/{id}', { params: { path: { org, id } }, parseAs: 'text', signal }),
      );
      return { line, record: JSON.parse(line) as AuditRecord };
    },
    staleTime: Infinity,
  });

const proofOf = (org: string, id: string, format: 'json' | 'tlog-proof', signal?: AbortSignal) => ({
  params: { path: { org, id }, query: { format } },
  ...(signal && { signal }),
});

// An entry gets into a checkpoint about a second after it can be seen.
export const proofQuery = (org: string, id: string) =>
  queryOptions({
    queryKey: ['proof', org, id],
    queryFn: ({ signal }) => dataOf(client.GET('/v1/orgs/{org}/events/{id}/proof', proofOf(org, id, 'json', signal))) as Promise<EventProof>,
    staleTime: Infinity,
    retry: false,
    refetchInterval: ({ state }) => (state.error instanceof ApiError && state.error.code === 'not_in_checkpoint' ? 2_000 : false),
  });

// The file of c2sp.org/tlog-proof.
export const fetchProofFile = (org: string, id: string): Promise<string> =>
  dataOf(client.GET('/v1/orgs/{org}/events/{id}/proof', { ...proofOf(org, id, 'tlog-proof'), parseAs: 'text' }));

// What happened in the same session or request.
export const aroundQuery = (org: string, query: string) =>
  queryOptions({
    queryKey: ['around', org, query],
    queryFn: ({ signal }) => fetchPage(org, { query, limit: 100 }, signal),
    staleTime: 30_000,
  });
