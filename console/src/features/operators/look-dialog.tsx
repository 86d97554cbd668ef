import { Button, Modal, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { Org } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { useStartLook } from './queries';
import styles from './operators.module.css';

const words = texts.look;

interface Props {
  org: Org;
  onClose: () => void;
  onOpened: () => void;
}

export function LookDialog({ org, onClose, onOpened }: Props) {
  const start = useStartLook(org.id);
  const [reason, setReason] = useState('');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    start.mutate(reason.trim(), { onSuccess: onOpened });
  };
  return (
    <Modal opened onClose={onClose} title={words.title(org.name)} closeButtonProps={{ 'aria-label': common.close }}>
      <form className={styles.form} onSubmit={submit} aria-label={words.title(org.name)}>
        <p>{words.text(org.name)}</p>
        <Refused error={start.error} fields={['reason']} />
        <Textarea
          label={words.reason}
          description={words.reasonHint}
          required
          withAsterisk={false}
          data-autofocus
          rows={2}
          maxLength={500}
          error={fieldErrorOf(start.error, 'reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value.replaceAll('\n', ' '))}
        />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" disabled={reason.trim() === ''} loading={start.isPending}>
            {words.submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
