import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useId, useLayoutEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { adoptSession, sessionKey } from '~/api/session';
import type { Session } from '~/api/types';
import { endWaiting, onWaiting, waitingFor } from '~/api/waiting';
import { texts } from '~/texts/session';
import styles from './session-cover.module.css';

const load = () => import('~/features/session/sign-in-again');
const SignInAgain = lazy(async () => ({ default: (await load()).SignInAgain }));

// Fetched with the first letter that is typed: a server that was renewed meanwhile may have no such file any more.
export const prepareCover = (): void => void load().catch(() => undefined);

interface Props {
  onBack: () => void; // the page is the person's again
  startAnew: (path: string) => void;
}

// Covers the page while it waits for the person whose session ended; what is typed stays below it.
export function SessionCover({ onBack, startAnew }: Props) {
  const session = useSyncExternalStore(onWaiting, waitingFor);
  const queries = useQueryClient();
  const titleId = useId();
  if (!session) return null;
  const goOn = (fresh: Session) => {
    if (fresh.person.id !== session.person.id) {
      startAnew('/');
      return;
    }
    queries.setQueryData(sessionKey, adoptSession(fresh));
    endWaiting();
    // What is shown is what the session of now may see.
    void queries.invalidateQueries();
    onBack();
  };
  return (
    <Cover titleId={titleId}>
      <Suspense fallback={<h2 id={titleId}>{texts.again.title}</h2>}>
        <SignInAgain titleId={titleId} session={session} onSession={goOn} onDrop={() => startAnew('/sign-in')} />
      </Suspense>
    </Cover>
  );
}

function Cover({ titleId, children }: { titleId: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useQuietKeys();
  return (
    <dialog ref={dialog} className={styles.cover} aria-labelledby={titleId} data-passing onCancel={(event) => event.preventDefault()}>
      <div className={styles.middle}>{children}</div>
    </dialog>
  );
}

const isOwn = (target: EventTarget | null): boolean => target instanceof Element && target.closest('dialog') !== null;

// No key reaches the page below: Escape would close its dialog, and with it go the text.
function useQuietKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape') event.preventDefault();
      if (event.key === 'Escape' || event.ctrlKey || event.metaKey || !isOwn(event.target)) event.stopImmediatePropagation();
    };
    firstKeys.add(press);
    return () => void firstKeys.delete(press);
  }, []);
}

// Heard before any dialog of the page, which listens in the same place but later.
const firstKeys = new Set<(event: KeyboardEvent) => void>();
window.addEventListener('keydown', (event) => firstKeys.forEach((press) => press(event)), { capture: true });
