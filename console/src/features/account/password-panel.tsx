import { Button } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { Me } from '~/api/types';
import { texts } from '~/texts/account';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { SecretInput } from '~/ui/secret-input';
import { StatusMark } from '~/ui/status-mark';
import { useChangePassword } from './queries';
import styles from './account.module.css';

const words = texts.password;
const empty = { current: '', new: '' };

export function PasswordPanel({ me }: { me: Me }) {
  const [form, setForm] = useState(empty);
  const change = useChangePassword();
  if (!me.has_password) {
    return (
      <Panel title={words.title}>
        <p className={styles.text}>{words.provider}</p>
      </Panel>
    );
  }
  const isWrong = change.error instanceof ApiError && change.error.code === 'wrong_password';
  const currentError = isWrong ? describeError(change.error).title : fieldErrorOf(change.error, 'current');
  const newError = fieldErrorOf(change.error, 'new');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate(form, { onSuccess: () => setForm(empty) });
  };
  return (
    <Panel title={words.title}>
      <form className={styles.form} onSubmit={submit} aria-label={words.title}>
        {change.isError && !currentError && !newError && <ErrorNotice {...describeError(change.error)} />}
        <input type="text" autoComplete="username" value={me.email} readOnly hidden />
        <SecretInput
          label={words.current}
          autoComplete="current-password"
          required
          maxLength={1024}
          error={currentError}
          value={form.current}
          onChange={(event) => setForm({ ...form, current: event.currentTarget.value })}
        />
        <SecretInput
          label={words.next}
          description={words.hint}
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={256}
          error={newError}
          value={form.new}
          onChange={(event) => setForm({ ...form, new: event.currentTarget.value })}
        />
        <div className={styles.row}>
          <Button type="submit" loading={change.isPending}>
            {words.submit}
          </Button>
          <span role="status">{change.isSuccess ? <StatusMark tone="good">{words.done}</StatusMark> : <span className="dim">{words.ends}</span>}</span>
        </div>
      </form>
    </Panel>
  );
}
