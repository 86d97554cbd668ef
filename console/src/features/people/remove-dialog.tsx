import { Button, Modal } from '@mantine/core';
import { describeError } from '~/api/errors';
import type { Person } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { ErrorNotice } from '~/ui/error-notice';
import { useRemove } from './queries';
import type { PeopleOrg } from './roles';
import styles from './people.module.css';

interface Props {
  org: PeopleOrg;
  person: Person;
  isSelf: boolean;
  onClose: () => void;
  onDone: (sentence: string) => void;
}

const words = texts.remove;

export function RemoveDialog({ org, person, isSelf, onClose, onDone }: Props) {
  const remove = useRemove(org.id);
  const submit = () =>
    remove.mutate(person.id, {
      onSuccess: () => {
        onDone(texts.removed(person.name));
        onClose();
      },
    });
  return (
    <Modal opened onClose={onClose} title={words.title(person.name)} closeButtonProps={{ 'aria-label': common.close }}>
      <div className={styles.form}>
        <p>{isSelf ? words.self(org.name) : words.text(person.name, org.name)}</p>
        {remove.isError && <ErrorNotice {...describeError(remove.error)} />}
        <div className={styles.buttons}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {common.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={submit}>
            {words.submit}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
