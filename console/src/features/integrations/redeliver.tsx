import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Delivery, Destination } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/s3';
import { ErrorNotice } from '~/ui/error-notice';
import { useRedeliver } from './queries';
import { placeOf } from './status';
import styles from './integrations.module.css';

const words = texts.redeliver;

interface Props {
  org: string;
  destination: Destination;
  delivery: Delivery;
  window: string;
}

// Writes a past window once more, beside everything else, after saying where.
export function Redeliver({ org, destination, delivery, window }: Props) {
  const [asks, setAsks] = useState(false);
  const redeliver = useRedeliver(org);
  const error = redeliver.error;
  const go = () => redeliver.mutate(delivery.id, { onSuccess: () => setAsks(false) });
  return (
    <div className={styles.buttons}>
      <Button size="xs" variant="default" onClick={() => setAsks(true)}>
        {words.button}
      </Button>
      <span role="status" className="dim">
        {redeliver.isSuccess ? words.begun : ''}
      </span>
      <Modal opened={asks} onClose={() => setAsks(false)} title={words.title} closeButtonProps={{ 'aria-label': common.close }}>
        <p>{words.text(window, `${placeOf(destination) ?? ''}replay/`)}</p>
        {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
            {common.cancel}
          </Button>
          <Button loading={redeliver.isPending} onClick={go}>
            {words.go}
          </Button>
        </div>
      </Modal>
    </div>
  );
}
