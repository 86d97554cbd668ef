import { Button } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError, describeError, isTransient } from '~/api/errors';
import { useSession } from '~/api/session';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/frame';
import { EmptyState, ErrorState, LockedState } from '~/ui/states';

function useWindowTitle(title: string): void {
  useEffect(() => {
    document.title = common.windowTitle(title);
  }, [title]);
}

export function NotFoundPage() {
  useWindowTitle(texts.notFound.title);
  return (
    <main>
      <EmptyState
        isPage
        title={texts.notFound.title}
        actions={
          <Button component="a" href="/" size="xs" variant="default">
            {texts.notFound.go}
          </Button>
        }
      >
        <p>{texts.notFound.text}</p>
      </EmptyState>
    </main>
  );
}

export function NoOrgPage() {
  const session = useSession();
  useWindowTitle(texts.noOrg.title);
  return (
    <main>
      <LockedState isPage title={texts.noOrg.title}>
        <p>{session?.operator ? texts.noOrg.operator : texts.noOrg.person}</p>
      </LockedState>
    </main>
  );
}

const againMs = 5_000;

export function FailedPage({ error }: { error: unknown }) {
  const sentence = describeError(error);
  useWindowTitle(sentence.title);
  const router = useRouter();
  // A server that comes back shows by itself.
  useEffect(() => {
    if (!isTransient(error)) return;
    const timer = setInterval(() => void router.invalidate(), againMs);
    return () => clearInterval(timer);
  }, [error, router]);
  return (
    <main>
      <ErrorState isPage {...sentence} requestId={error instanceof ApiError ? error.requestId : undefined} onRetry={() => window.location.reload()} />
    </main>
  );
}
