import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import { texts } from '~/texts/session';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import { AuthCard } from './auth-card';
import { BadLink } from './bad-link';
import { redeemReset, type Redemption } from './queries';
import { SecondFactorForm } from './second-factor-form';
import styles from './session.module.css';

interface Props {
  token: string;
  onDone: () => void;
  againLink: ReactNode;
}

const words = texts.reset;

export function ResetPage({ token, onDone, againLink }: Props) {
  const [password, setPassword] = useState('');
  const [isSecondStep, setIsSecondStep] = useState(false);
  const redeem = useMutation({ mutationFn: (body: Redemption) => redeemReset(body), onSuccess: onDone });
  const code = redeem.error instanceof ApiError ? redeem.error.code : '';
  if (code === 'second_factor_needed' && !isSecondStep) setIsSecondStep(true);
  if (token === '') return <BadLink advice={texts.link.missing} actions={againLink} />;
  if (code === 'link_not_valid') return <BadLink advice={texts.link.reset} actions={againLink} />;
  const fieldError = fieldErrorOf(redeem.error, 'password');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    redeem.mutate({ token, password });
  };
  return (
    <AuthCard title={words.title} heading={isSecondStep ? texts.secondFactor.title : words.heading}>
      {redeem.isError && code !== 'second_factor_needed' && !fieldError && <ErrorNotice {...describeError(redeem.error)} />}
      {isSecondStep && !fieldError ? (
        <SecondFactorForm isPending={redeem.isPending} onBack={() => setIsSecondStep(false)} onCode={(given) => redeem.mutate({ token, password, code: given })} />
      ) : (
        <form className={styles.form} onSubmit={submit} aria-label={words.heading}>
          <SecretInput
            label={words.password}
            description={words.hint}
            autoComplete="new-password"
            required
            minLength={8}
            maxLength={256}
            autoFocus
            error={fieldError}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <p className="dim">{words.ends}</p>
          <Button type="submit" loading={redeem.isPending} fullWidth>
            {words.submit}
          </Button>
        </form>
      )}
    </AuthCard>
  );
}
