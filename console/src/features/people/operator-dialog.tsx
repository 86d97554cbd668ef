import { Button, Modal } from '@mantine/core';
import { describeError } from '~/api/errors';
import type { Person } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { ErrorNotice } from '~/ui/error-notice';
import { useOperate } from './queries';
import styles from './people.module.css';

export interface OperatorAction {
  kind: 'disable' | 'enable' | 'resetFactor';
  person: Pick<Person, 'id' | 'name'>;
}

interface Props {
  action: OperatorAction;
  onClose: () => void;
  onDone: (sentence: string) => void;
}

// Says what it does in every organization of the person, then does it.
export function OperatorDialog({ action: { kind, person }, onClose, onDone }: Props) {
  const operate = useOperate();
  const words = texts.operate[kind];
  const submit = async () => {
    try {
      await operate.mutateAsync({ kind, id: person.id });
    } catch {
      return; // shown below
    }
    onDone(words.done(person.name));
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={words.title(person.name)} closeButtonProps={{ 'aria-label': common.close }}>
      <div className={styles.form}>
        <p>{words.text(person.name)}</p>
        {operate.isError && <ErrorNotice {...describeError(operate.error)} />}
        <div className={styles.buttons}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {common.cancel}
          </Button>
          <Button {...(kind === 'enable' ? {} : { color: 'red' })} loading={operate.isPending} onClick={() => void submit()}>
            {words.submit}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
