import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { EventQuery } from '~/api/types';
import { entriesOf, newEntries, withHead } from './pages';
import { eventHeadQuery, eventListQuery } from './queries';

const isAtTop = () => window.scrollY < 60;

// The list and its freshness. New entries slide in while the reader is at the top, else they are counted.
export function useEventList(org: string, query: EventQuery) {
  const client = useQueryClient();
  const options = useMemo(() => eventListQuery(org, query), [org, query]);
  const list = useInfiniteQuery(options);
  const head = useQuery({ ...eventHeadQuery(org, query), enabled: list.isSuccess });
  const [waiting, setWaiting] = useState(0);

  const takeNew = useCallback(() => {
    if (!head.data) return;
    const fresh = head.data;
    client.setQueryData(options.queryKey, (old) => (old ? withHead(old, fresh) : old));
    setWaiting(0);
  }, [client, head.data, options]);

  useEffect(() => {
    if (!head.data || !list.data) return;
    const fresh = newEntries(list.data.pages, head.data).length;
    if (fresh > 0 && isAtTop()) takeNew();
    else setWaiting(fresh);
  }, [head.data, list.data, takeNew]);

  const entries = useMemo(() => entriesOf(list.data?.pages ?? []), [list.data]);
  const newest = head.data ?? list.data?.pages[0];
  return { list, entries, waiting, takeNew, total: newest?.total, watermark: newest?.watermark, stale: head.isError };
}

export type EventList = ReturnType<typeof useEventList>;
