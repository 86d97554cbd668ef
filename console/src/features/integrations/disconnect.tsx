import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Destination } from '~/api/types';
import { ErrorNotice } from '~/ui/error-notice';
import { useDisconnect } from './queries';
import { placeOf } from './status';
import styles from './integrations.module.css';

interface Props {
  org: string;
  destination: Destination;
  onGone: () => void;
}

export function Disconnect({ org, destination, onGone }: Props) {
  const [asks, setAsks] = useState(false);
  const disconnect = useDisconnect(org, onGone);
  const word = destination.state === 'draft' ? 'Discard draft' : 'Disconnect';
  const error = disconnect.error;
  return (
    <>
      <Button size="xs" variant="subtle" color="red" onClick={() => setAsks(true)}>
        {word}
      </Button>
      <Modal opened={asks} onClose={() => setAsks(false)} title={word} closeButtonProps={{ 'aria-label': 'Close' }}>
        <p>
          {destination.state === 'draft'
            ? 'The draft and its session name are given up; a policy that names it no longer lets anybody in.'
            : `Nothing more is delivered to ${placeOf(destination) ?? 'the bucket'}. What was delivered stays there.`}
        </p>
        {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={disconnect.isPending} onClick={() => disconnect.mutate(destination.id)}>
            {word}
          </Button>
        </div>
      </Modal>
    </>
  );
}
