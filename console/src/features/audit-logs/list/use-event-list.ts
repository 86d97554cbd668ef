import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AuditRecord, EventQuery } from '~/api/types';
import { eventListQuery } from '~/features/audit-logs/queries';
import { belonging, entriesOf, withArrived } from './pages';
import { useLive } from './use-live';

const isAtTop = () => window.scrollY < 60;
const countsRefreshMs = 4_000;
export const waitingMax = 500;
const noEntries: AuditRecord[] = [];

// The list and its freshness. New entries slide in while the reader is at the top, else they wait and are counted.
export function useEventList(org: string, query: EventQuery) {
  const client = useQueryClient();
  const options = useMemo(() => eventListQuery(org, query), [org, query]);
  const list = useInfiniteQuery(options);
  const [held, setHeld] = useState({ options, entries: noEntries });
  const waiting = held.options === options ? held.entries : noEntries;
  const refreshCounts = useCountsRefresh(org);

  const take = (entries: AuditRecord[]) => {
    client.setQueryData(options.queryKey, (old) => (old ? withArrived(old, entries) : old));
    setHeld({ options, entries: noEntries });
    refreshCounts();
  };
  const onArrived = (entries: AuditRecord[]) => {
    const data = client.getQueryData(options.queryKey);
    const fresh = data ? belonging(data, [...waiting, ...entries]) : [];
    if (isAtTop()) take(fresh);
    else setHeld({ options, entries: fresh.slice(0, waitingMax + 1) });
  };
  const takeWaiting = () => {
    // Too many to have been kept: the list begins anew.
    if (waiting.length > waitingMax) void client.resetQueries({ queryKey: options.queryKey });
    else take(waiting);
    setHeld({ options, entries: noEntries });
  };

  const first = list.data?.pages[0];
  const live = useLive({ org, query, from: first?.head_seq, onArrived });
  const entries = useMemo(() => entriesOf(list.data?.pages ?? []), [list.data]);
  return { list, entries, waiting: waiting.length, takeWaiting, total: first?.total, watermark: live.watermark ?? first?.watermark, stale: live.stale };
}

// Counts and chart follow the list, not more often than every few seconds.
function useCountsRefresh(org: string): () => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      for (const key of ['facets', 'histogram']) void client.invalidateQueries({ queryKey: [key, org] });
    }, countsRefreshMs);
  }, [client, org]);
}

export type EventList = ReturnType<typeof useEventList>;
