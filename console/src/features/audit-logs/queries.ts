import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, dataOf } from '~/api/client';
import { isTransient } from '~/api/errors';
import type { AuditRecord, EventPage, EventQuery } from '~/api/types';
import { observeServerTime } from '~/lib/server-clock';

async function fetchPage(org: string, query: EventQuery, signal: AbortSignal): Promise<EventPage> {
  const page = await dataOf(client.GET('/v1/orgs/{org}/events', { params: { path: { org }, query }, signal }));
  observeServerTime(page.watermark);
  return page;
}

// The list as the reader scrolls it: pages by cursor, never reordered by a refetch.
export const eventListQuery = (org: string, query: EventQuery) =>
  infiniteQueryOptions({
    queryKey: ['events', org, query],
    queryFn: ({ pageParam, signal }) => fetchPage(org, pageParam ? { ...query, cursor: pageParam } : query, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? last.next_cursor : undefined),
    staleTime: Infinity,
    gcTime: 60_000,
    // A server that comes back shows by itself.
    refetchInterval: ({ state }) => (state.data === undefined && isTransient(state.error) ? 5_000 : false),
  });

// The newest page, read again every second while the page is looked at.
export const eventHeadQuery = (org: string, query: EventQuery) =>
  queryOptions({
    queryKey: ['events-head', org, query],
    queryFn: ({ signal }) => fetchPage(org, query, signal),
    refetchInterval: (q) => (q.state.status === 'error' ? 5_000 : 1_000),
    retry: false,
    gcTime: 0,
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
