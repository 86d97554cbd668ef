import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, type SubmitEvent } from 'react';
import { describeError } from '~/api/errors';
import { signIn } from '~/api/session';
import type { Session } from '~/api/types';
import { ErrorNotice } from '~/ui/error-notice';
import styles from './sign-in-page.module.css';

interface Props {
  onSignedIn: (session: Session) => void;
  reason?: string | undefined;
}

export function SignInPage({ onSignedIn, reason }: Props) {
  const attempt = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email, password),
    onSuccess: onSignedIn,
  });
  useEffect(() => {
    document.title = 'Sign in · Trailkeeper';
  }, []);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    attempt.mutate({ email: textOf(values.get('email')).trim(), password: textOf(values.get('password')) });
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit} aria-labelledby="sign-in-title">
        <h1 id="sign-in-title" className={styles.title}>
          <img src="/favicon.svg" alt="" width={20} height={20} /> Sign in to Trailkeeper
        </h1>
        {reason && <p className="dim">{reason}</p>}
        {attempt.isError && <ErrorNotice {...describeError(attempt.error)} />}
        <TextInput label="Email" name="email" type="email" autoComplete="username" required withAsterisk={false} maxLength={320} autoFocus />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={1024}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
        />
        <Button type="submit" loading={attempt.isPending} fullWidth>
          Sign in
        </Button>
      </form>
    </main>
  );
}

const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value : '');
