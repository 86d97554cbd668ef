import { useEffect, useEffectEvent, useState } from 'react';
import type { AuditRecord, EventQuery } from '~/api/types';
import { watchEvents } from '~/features/audit-logs/queries';

interface Options {
  org: string;
  query: EventQuery;
  from: number | undefined; // the seq after which something is new; undefined: nothing is loaded yet
  onArrived: (entries: AuditRecord[]) => void;
}

export interface Live {
  watermark: string | undefined;
  stale: boolean; // the last call failed
}

const pauseMs = { afterFailure: 5_000, hidden: 1_000 };

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });

// Waits for new entries by long poll, one call after the other, for as long as somebody looks at the page.
export function useLive({ org, query, from, onArrived }: Options): Live {
  const [live, setLive] = useState<Live>({ watermark: undefined, stale: false });
  const arrived = useEffectEvent(onArrived);
  useEffect(() => {
    if (from === undefined) return;
    const abort = new AbortController();
    const { signal } = abort;
    const isOn = () => !signal.aborted;
    const run = async (start: number) => {
      let after = start;
      while (isOn()) {
        if (document.hidden) {
          await pause(pauseMs.hidden, signal);
          continue;
        }
        try {
          const page = await watchEvents(org, query, after, signal);
          if (!isOn()) return;
          after = page.last_seq;
          setLive({ watermark: page.watermark, stale: false });
          if (page.data.length > 0) arrived(page.data);
        } catch {
          if (!isOn()) return;
          setLive((old) => ({ ...old, stale: true }));
          await pause(pauseMs.afterFailure, signal);
        }
      }
    };
    void run(from);
    return () => {
      abort.abort();
      setLive({ watermark: undefined, stale: false });
    };
  }, [org, query, from]);
  return live;
}
