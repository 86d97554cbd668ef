import { Button } from '@mantine/core';
import { ApiError, describeError } from '~/api/errors';
import { useSession } from '~/api/session';
import { EmptyState, ErrorState, LockedState } from '~/ui/states';

export function NotFoundPage() {
  return (
    <main>
      <EmptyState
        title="There is nothing here"
        actions={
          <Button component="a" href="/" size="xs" variant="default">
            Go to the start
          </Button>
        }
      >
        <p>The address is wrong, or what it names is not yours to see.</p>
      </EmptyState>
    </main>
  );
}

export function NoOrgPage() {
  const session = useSession();
  return (
    <main>
      <LockedState title="You belong to no organisation here">
        <p>{session?.operator ? 'Operators work with `trailkeeper admin`; the console shows the organisations that you belong to.' : 'Ask a primary admin of your organisation to add you.'}</p>
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
