import { Button } from '@mantine/core';
import { ApiError, describeError } from '~/api/errors';
import { useSession } from '~/api/session';
import { texts } from '~/texts/frame';
import { EmptyState, ErrorState, LockedState } from '~/ui/states';

export function NotFoundPage() {
  return (
    <main>
      <EmptyState
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
  return (
    <main>
      <LockedState title={texts.noOrg.title}>
        <p>{session?.operator ? texts.noOrg.operator : texts.noOrg.person}</p>
      </LockedState>
    </main>
  );
}

export function FailedPage({ error }: { error: unknown }) {
  return (
    <main>
      <ErrorState {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} onRetry={() => window.location.reload()} />
    </main>
  );
}
