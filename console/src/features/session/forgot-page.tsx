import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { describeError } from '~/api/errors';
import { texts } from '~/texts/session';
import { ErrorNotice } from '~/ui/error-notice';
import { AuthCard } from './auth-card';
import { askForReset } from './queries';
import styles from './session.module.css';

const words = texts.forgot;

export function ForgotPage({ backLink }: { backLink: ReactNode }) {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: askForReset });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    ask.mutate(email.trim());
  };
  if (ask.isSuccess) {
    return (
      <AuthCard title={words.title} heading={words.sentTitle}>
        <p role="status">{words.sent(ask.variables)}</p>
        <p className="dim">{words.nothing}</p>
        <div className={styles.foot}>{backLink}</div>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={words.title} heading={words.heading}>
      <form className={styles.form} onSubmit={submit} aria-label={words.heading}>
        <p>{words.text}</p>
        {ask.isError && <ErrorNotice {...describeError(ask.error)} />}
        <TextInput
          label={texts.signIn.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          minLength={3}
          maxLength={320}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" loading={ask.isPending} fullWidth>
          {words.submit}
        </Button>
        <div className={styles.foot}>{backLink}</div>
      </form>
    </AuthCard>
  );
}
