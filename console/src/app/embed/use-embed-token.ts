import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { setBearerToken } from '~/api/client';
import { sessionKey, sessionQuery } from '~/api/session';
import type { Session } from '~/api/types';
import { serverNowMs } from '~/lib/server-clock';
import { hasParent, onToken, tell } from './bridge';

// Asked for this long before the present one ends.
const aheadMs = 90_000;

export type EmbedState = { kind: 'no-token' } | { kind: 'loading' } | { kind: 'ended' } | { kind: 'failed'; error: unknown; retry: () => void } | { kind: 'open'; session: Session };

// The token of the address first, then whatever the page around it hands in.
export function useEmbedToken(): EmbedState {
  const queries = useQueryClient();
  const [first] = useState(() => {
    const token = window.location.hash.replace(/^#/, '');
    setBearerToken(token);
    return token;
  });
  const [has, setHas] = useState(first !== '');
  const session = useQuery({ ...sessionQuery, enabled: has });
  const ended = has && session.data === null;
  const wasEnded = useRef(false);
  useEffect(() => {
    wasEnded.current = ended;
  }, [ended]);
  useEffect(
    () =>
      onToken((token) => {
        setBearerToken(token);
        setHas(true);
        // What failed for want of a token is asked again; what is shown stays.
        void (wasEnded.current ? queries.resetQueries() : queries.invalidateQueries({ queryKey: sessionKey }));
      }),
    [queries],
  );
  const needs = !has || ended;
  useEffect(() => {
    if (needs) tell({ type: 'trailkeeper:token-needed' });
  }, [needs]);
  const until = session.data?.expires_at;
  useEffect(() => {
    if (!until) return;
    const wait = Math.max(Date.parse(until) - serverNowMs() - aheadMs, 5_000);
    const timer = setTimeout(() => tell({ type: 'trailkeeper:token-needed' }), wait);
    return () => clearTimeout(timer);
  }, [until]);
  if (!has) return hasParent() ? { kind: 'ended' } : { kind: 'no-token' };
  if (session.isPending) return { kind: 'loading' };
  if (session.isError) return { kind: 'failed', error: session.error, retry: () => void session.refetch() };
  return session.data ? { kind: 'open', session: session.data } : { kind: 'ended' };
}
