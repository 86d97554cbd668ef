import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { ApiError, describeError } from '~/api/errors';
import { signIn } from '~/api/session';
import type { Session, SignIn } from '~/api/types';
import { texts } from '~/texts/session';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import { AuthCard } from './auth-card';
import { ProviderButtons, useProvider, type Provider } from './provider-button';
import { SecondFactorForm } from './second-factor-form';
import styles from './session.module.css';

interface Props {
  next: string; // where a provider leads back to
  onSignedIn: (session: Session) => void;
  reason?: string | undefined;
  problem?: string | undefined; // the code that a provider's sign-in came back with
  forgotLink: ReactNode;
}

const words = texts.signIn;

export function SignInPage({ next, onSignedIn, reason, problem, forgotLink }: Props) {
  const [email, setEmail] = useState('');
  const provider = useProvider(email);
  const attempt = useMutation({ mutationFn: (proof: SignIn) => signIn(proof), onSuccess: onSignedIn });
  const proof = attempt.variables;
  const asksForCode = proof !== undefined && attempt.error instanceof ApiError && ['second_factor_needed', 'wrong_code'].includes(attempt.error.code);
  const [isSecondStep, setIsSecondStep] = useState(false);
  if (asksForCode && !isSecondStep) setIsSecondStep(true);
  const leave = () => {
    setIsSecondStep(false);
    attempt.reset();
  };
  const isNeeded = attempt.error instanceof ApiError && attempt.error.code === 'second_factor_needed';
  return (
    <AuthCard title={words.title} heading={isSecondStep ? texts.secondFactor.title : words.heading}>
      {attempt.isError && !isNeeded && <ErrorNotice {...describeError(attempt.error)} />}
      {isSecondStep && proof ? (
        <SecondFactorForm isPending={attempt.isPending} onBack={leave} onCode={(code) => attempt.mutate({ email: proof.email, password: proof.password, code })} />
      ) : (
        <>
          {!attempt.isError && <Reason reason={reason} problem={problem} />}
          <FirstStep email={email} setEmail={setEmail} provider={provider} next={next} isPending={attempt.isPending} forgotLink={forgotLink} onProof={attempt.mutate} />
        </>
      )}
    </AuthCard>
  );
}

function Reason({ reason, problem }: Pick<Props, 'reason' | 'problem'>) {
  if (problem) {
    const known: Record<string, { title: string; advice: string }> = texts.problems;
    return <ErrorNotice {...(known[problem] ?? texts.otherProblem)} />;
  }
  return reason ? (
    <Alert color="gray" variant="light" role="status">
      {reason}
    </Alert>
  ) : null;
}

interface FirstProps {
  email: string;
  setEmail: (email: string) => void;
  provider: Provider | null;
  next: string;
  isPending: boolean;
  forgotLink: ReactNode;
  onProof: (proof: SignIn) => void;
}

function FirstStep({ email, setEmail, provider, next, isPending, forgotLink, onProof }: FirstProps) {
  const isOnlyProvider = provider?.isOnlyWay ?? false;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = new FormData(event.currentTarget).get('password');
    if (!isOnlyProvider) onProof({ email: email.trim(), password: typeof password === 'string' ? password : '' });
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={words.title}>
      <TextInput
        label={words.email}
        name="email"
        type="email"
        autoComplete="username"
        required
        withAsterisk={false}
        maxLength={320}
        autoFocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      {provider && (
        <>
          {isOnlyProvider && <p className="dim">{words.onlyProvider(provider.domain)}</p>}
          <ProviderButtons provider={provider} next={next} />
          {!isOnlyProvider && <div className={styles.or}>{words.or}</div>}
        </>
      )}
      {!isOnlyProvider && (
        <>
          <SecretInput label={words.password} name="password" autoComplete="current-password" required maxLength={1024} />
          <Button type="submit" loading={isPending} fullWidth>
            {words.submit}
          </Button>
          <div className={styles.foot}>{forgotLink}</div>
        </>
      )}
    </form>
  );
}
