import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import { ErrorNotice } from '~/ui/error-notice';
import { ErrorState } from '~/ui/states';

const requestIdOf = (error: unknown) => (error instanceof ApiError ? error.requestId : undefined);

// Instead of what could not be loaded.
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return <ErrorState {...describeError(error)} requestId={requestIdOf(error)} onRetry={onRetry} />;
}

interface Props {
  error: unknown;
  fields?: readonly string[]; // that show what is wrong with them themselves
}

// Beside the form that could not be sent.
export function Refused({ error, fields = [] }: Props) {
  if (!error || fields.some((field) => fieldErrorOf(error, field))) return null;
  return <ErrorNotice {...describeError(error)} requestId={requestIdOf(error)} />;
}
