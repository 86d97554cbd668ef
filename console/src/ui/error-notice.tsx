import { Alert } from '@mantine/core';
import { WarningIcon } from './icons';
import { RequestId } from './states';

interface Props {
  title: string;
  advice?: string;
  requestId?: string | undefined;
}

// An error beside what it concerns, where the rest of the page still stands.
export function ErrorNotice({ title, advice, requestId }: Props) {
  return (
    <Alert color="red" variant="light" role="alert" icon={<WarningIcon />} title={title}>
      {advice}
      <RequestId id={requestId} />
    </Alert>
  );
}
