import { ApiError, describeError } from '~/api/errors';
import { ErrorNotice } from '~/ui/error-notice';
import { ErrorState } from '~/ui/states';

const requestIdOf = (error: unknown) => (error instanceof ApiError ? error.requestId : undefined);

export const Failed = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => <ErrorState {...describeError(error)} requestId={requestIdOf(error)} onRetry={onRetry} />;

export const Refused = ({ error }: { error: unknown }) => (error ? <ErrorNotice {...describeError(error)} requestId={requestIdOf(error)} /> : null);
