import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Destination } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/integrations';
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
  const word = destination.state === 'draft' ? texts.disconnect.discard : texts.disconnect.disconnect;
  const error = disconnect.error;
  return (
    <>
      <Button size="xs" variant="subtle" color="red" onClick={() => setAsks(true)}>
        {word}
      </Button>
      <Modal opened={asks} onClose={() => setAsks(false)} title={word} closeButtonProps={{ 'aria-label': common.close }}>
        <p>
          {destination.state === 'draft'
            ? texts.disconnect.discardText
            : texts.disconnect.disconnectText(placeOf(destination) ?? texts.disconnect.bucket)}
        </p>
        {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red" loading={disconnect.isPending} onClick={() => disconnect.mutate(destination.id)}>
            {word}
          </Button>
        </div>
      </Modal>
    </>
  );
}
