import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { Role } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { ErrorNotice } from '~/ui/error-notice';
import { StatusMark } from '~/ui/status-mark';
import { useInvite } from './queries';
import { grantable, type PeopleOrg } from './roles';
import styles from './people.module.css';

const words = texts.invite;

interface Props {
  org: PeopleOrg;
  firstRole: Role; // what most who are invited from here will be
  onClose: () => void;
}

export function InviteDialog({ org, firstRole, onClose }: Props) {
  const invite = useInvite(org.id);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>(firstRole);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role, ...(name.trim() ? { name: name.trim() } : {}) });
  };
  const emailError = fieldErrorOf(invite.error, 'email');
  return (
    <Modal opened onClose={onClose} title={words.title} closeButtonProps={{ 'aria-label': common.close }}>
      {invite.isSuccess ? (
        <div className={styles.form}>
          <p role="status">
            <StatusMark tone="good">{words.sent(invite.variables.email)}</StatusMark>
          </p>
          <div className={styles.buttons}>
            <Button data-autofocus onClick={onClose}>
              {common.close}
            </Button>
          </div>
        </div>
      ) : (
        <form className={styles.form} onSubmit={submit} aria-label={words.title}>
          {invite.isError && !emailError && <ErrorNotice {...describeError(invite.error)} requestId={invite.error instanceof ApiError ? invite.error.requestId : undefined} />}
          <TextInput
            label={words.email}
            type="email"
            autoComplete="off"
            required
            withAsterisk={false}
            minLength={3}
            maxLength={320}
            data-autofocus
            error={emailError}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <TextInput label={words.name} description={words.nameHint} autoComplete="off" maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Radio.Group label={words.role} value={role} onChange={(value) => setRole(value)}>
            <div className={styles.form} style={{ marginTop: '0.5rem' }}>
              {grantable(org.role).map((item) => (
                <Radio key={item} value={item} label={texts.role[item]} description={texts.roleMeans[item]} />
              ))}
            </div>
          </Radio.Group>
          <p className="dim">{words.note}</p>
          <div className={styles.buttons}>
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {words.submit}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
