import type { Session } from './types';

// A page whose session has ended over unsaved text waits for the same person: until then nothing is read, and what is
// read goes on by itself once the person is back (docs/decisions/0076).
interface Wait {
  session: Session; // the one that ended
  over: Promise<void>;
  end: () => void;
}

let wait: Wait | null = null;
const listeners = new Set<() => void>();

const tell = (): void => {
  for (const listener of listeners) listener();
};

export function beginWaiting(session: Session): void {
  if (wait) return;
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  wait = { session, over, end };
  tell();
}

export function endWaiting(): void {
  const ended = wait;
  wait = null;
  ended?.end();
  tell();
}

// The session whose person the page waits for.
export const waitingFor = (): Session | null => wait?.session ?? null;

export function onWaiting(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Resolves once the page waits for nobody; rejects as `signal` does.
export function whenBack(signal: AbortSignal): Promise<void> {
  if (!wait) return Promise.resolve();
  const { over } = wait;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void over.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
