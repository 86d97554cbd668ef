import { Button, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { describeError, fieldErrorOf } from '~/api/errors';
import type { Me } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/account';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { useRename } from './queries';
import styles from './account.module.css';

const words = texts.profile;

export function ProfilePanel({ me }: { me: Me }) {
  const [name, setName] = useState(me.name);
  const rename = useRename();
  const isChanged = name.trim() !== me.name && name.trim() !== '';
  const fieldError = fieldErrorOf(rename.error, 'name');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isChanged) rename.mutate(name.trim());
  };
  return (
    <Panel title={words.title}>
      <form className={styles.form} onSubmit={submit} aria-label={words.title}>
        {rename.isError && !fieldError && <ErrorNotice {...describeError(rename.error)} />}
        <TextInput
          label={words.name}
          description={words.nameHint}
          autoComplete="name"
          required
          withAsterisk={false}
          maxLength={200}
          error={fieldError}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput label={words.email} description={words.emailHint} value={me.email} readOnly />
        <div className={styles.row}>
          <Button type="submit" disabled={!isChanged} loading={rename.isPending}>
            {common.save}
          </Button>
          <span role="status">{rename.isSuccess && !isChanged && <StatusMark tone="good">{common.saved}</StatusMark>}</span>
        </div>
      </form>
    </Panel>
  );
}
