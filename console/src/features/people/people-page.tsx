import { Button, type ButtonProps } from '@mantine/core';
import { useState } from 'react';
import type { Role } from '~/api/types';
import { texts } from '~/texts/people';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { PeopleTable } from './people-table';
import type { PeopleOrg } from './roles';
import styles from './people.module.css';

interface Props {
  org: PeopleOrg;
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

// The same for whoever runs the installation: they may disable people too, and bring in the first primary admin.
export function OperatedPeople({ org, self }: Props) {
  const [done, setDone] = useState('');
  return (
    <>
      <Panel title={texts.title} aside={<InviteButton org={org} firstRole="primary_admin" size="xs" variant="default" />}>
        <p role="status" className={styles.status}>
          {done && <StatusMark tone="good">{done}</StatusMark>}
        </p>
        <PeopleTable org={org} self={self} onDone={setDone} isOperated />
      </Panel>
      <Invitations org={org.id} onDone={setDone} />
    </>
  );
}

interface InviteProps extends Pick<ButtonProps, 'size' | 'variant'> {
  org: PeopleOrg;
  firstRole?: Role;
}

export function InviteButton({ org, firstRole = 'admin', ...look }: InviteProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button {...look} onClick={() => setIsOpen(true)}>{texts.invite.button}</Button>
      {isOpen && <InviteDialog org={org} firstRole={firstRole} onClose={() => setIsOpen(false)} />}
    </>
  );
}
