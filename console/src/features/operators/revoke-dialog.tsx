import { Button, Modal } from '@mantine/core';
import type { Key } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { useRevokeKey } from './queries';
import styles from './operators.module.css';

const words = texts.keys;

export function RevokeDialog({ item, onClose }: { item: Key; onClose: () => void }) {
  const revoke = useRevokeKey();
  return (
    <Modal opened onClose={onClose} title={words.revokeTitle(item.application)} closeButtonProps={{ 'aria-label': common.close }}>
      <div className={styles.form}>
        <p>{words.revokeText}</p>
        <Refused error={revoke.error} />
        <div className={styles.buttons}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {common.cancel}
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate(item.id, { onSuccess: onClose })}>
            {words.revokeSubmit}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
