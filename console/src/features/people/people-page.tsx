import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SessionOrg } from '~/api/types';
import { texts } from '~/texts/people';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { PeopleTable } from './people-table';
import styles from './people.module.css';

interface Props {
  org: SessionOrg;
  self: string; // the id of the person who looks
}

export function PeoplePage({ org, self }: Props) {
  const [done, setDone] = useState('');
  return (
    <>
      <p role="status" className={styles.status}>
        {done && <StatusMark tone="good">{done}</StatusMark>}
      </p>
      <Panel>
        <PeopleTable org={org} self={self} onDone={setDone} />
      </Panel>
      <Invitations org={org.id} onDone={setDone} />
    </>
  );
}

export function InviteButton({ org }: { org: SessionOrg }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{texts.invite.button}</Button>
      {isOpen && <InviteDialog org={org} onClose={() => setIsOpen(false)} />}
    </>
  );
}
