import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { recall, remember } from '~/lib/remembered';
import { utc } from '~/lib/time';

// The zone in which times are shown: UTC, or the person's own for as long as they want it.
interface Zone {
  zone: string;
  own: string; // the zone of this computer
  show: (zone: string) => void;
}

const Context = createContext<Zone>({ zone: utc, own: utc, show: () => undefined });

const ownZone = (): string => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone === 'Etc/UTC' || timeZone === 'Etc/GMT' || timeZone === 'GMT' ? utc : timeZone;
};

const key = 'zone';

export function ZoneProvider({ children }: { children: ReactNode }) {
  const [own] = useState(ownZone);
  const [zone, setZone] = useState(() => (recall(key) === 'own' ? own : utc));
  const value = useMemo(() => {
    const show = (next: string) => {
      remember(key, next === utc ? 'utc' : 'own');
      setZone(next);
    };
    return { zone, own, show };
  }, [zone, own]);
  return <Context value={value}>{children}</Context>;
}

export const useZone = (): Zone => useContext(Context);
