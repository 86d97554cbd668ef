import { useEffect, useState } from 'react';
import { serverNowMs } from '~/lib/server-clock';

// The server's time, renewed while shown.
export function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(serverNowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
