import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { Key } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { MadeKey } from './made-key';
import { useRotateKey } from './queries';
import styles from './operators.module.css';

const words = texts.keys;
const hour = 3600;

export function RotateDialog({ item, onClose }: { item: Key; onClose: () => void }) {
  const rotate = useRotateKey();
  const [hours, setHours] = useState(24);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    rotate.mutate({ id: item.id, seconds: Math.round(hours * hour) });
  };
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={!rotate.isSuccess} title={words.rotateTitle(item.application)} closeButtonProps={{ 'aria-label': common.close }}>
      {rotate.isSuccess ? (
        <MadeKey text={rotate.data.key} onClose={onClose} />
      ) : (
        <form className={styles.form} onSubmit={submit} aria-label={words.rotateTitle(item.application)}>
          <p>{words.rotateText}</p>
          <Refused error={rotate.error} />
          <TextInput type="number" label={words.overlap} required withAsterisk={false} data-autofocus min={0} max={2160} value={Number.isNaN(hours) ? '' : hours} onChange={(event) => setHours(event.currentTarget.valueAsNumber)} />
          <div className={styles.buttons}>
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={rotate.isPending}>
              {words.rotateSubmit}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
