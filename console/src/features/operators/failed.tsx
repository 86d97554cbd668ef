import { ApiError, describeError } from '~/api/errors';
import { ErrorNotice } from '~/ui/error-notice';
import { ErrorState } from '~/ui/states';

const requestIdOf = (error: unknown) => (error instanceof ApiError ? error.requestId : undefined);

// Instead of what could not be loaded.
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return <ErrorState {...describeError(error)} requestId={requestIdOf(error)} onRetry={onRetry} />;
}

// Beside the form that could not be sent.
export function Refused({ error }: { error: unknown }) {
  if (!error) return null;
  return <ErrorNotice {...describeError(error)} requestId={requestIdOf(error)} />;
}
