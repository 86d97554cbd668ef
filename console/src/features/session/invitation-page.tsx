import { Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { InvitationLook, Session } from '~/api/types';
import { texts } from '~/texts/session';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import { ErrorState } from '~/ui/states';
import { AuthCard } from './auth-card';
import { BadLink } from './bad-link';
import { acceptInvitation, invitationQuery, type Acceptance } from './queries';
import { SecondFactorForm } from './second-factor-form';
import styles from './session.module.css';

interface Props {
  token: string;
  onJoined: (session: Session, org: string) => void;
  signInLink: ReactNode;
}

const words = texts.invitation;

export function InvitationPage({ token, onJoined, signInLink }: Props) {
  const look = useQuery({ ...invitationQuery(token), enabled: token !== '' });
  if (token === '') return <BadLink advice={texts.link.missing} actions={signInLink} />;
  if (look.isError) {
    if (look.error instanceof ApiError && [404, 422].includes(look.error.status)) return <BadLink advice={texts.link.invitation} actions={signInLink} />;
    return (
      <AuthCard title={words.title} heading={words.title}>
        <ErrorState {...describeError(look.error)} onRetry={() => void look.refetch()} />
      </AuthCard>
    );
  }
  if (look.isPending) return <Checking title={words.title} />;
  return <Invitation token={token} look={look.data} onJoined={onJoined} />;
}

export function Checking({ title }: { title: string }) {
  return (
    <AuthCard title={title} heading={title}>
      <Skeleton height={160} role="status" aria-label={texts.link.checking} />
    </AuthCard>
  );
}

function Invitation({ token, look, onJoined }: { token: string; look: InvitationLook; onJoined: Props['onJoined'] }) {
  const accept = useMutation({ mutationFn: (body: Acceptance) => acceptInvitation(body), onSuccess: (session) => onJoined(session, look.org.id) });
  const [given, setGiven] = useState<Acceptance>(look.known ? { token } : { token, name: look.name ?? '' });
  const [isSecondStep, setIsSecondStep] = useState(false);
  const code = accept.error instanceof ApiError ? accept.error.code : '';
  if (code === 'second_factor_needed' && !isSecondStep) setIsSecondStep(true);
  if (code === 'link_not_valid') return <BadLink advice={texts.link.invitation} />;
  const hasFieldError = Boolean(fieldErrorOf(accept.error, 'password') ?? fieldErrorOf(accept.error, 'name'));
  return (
    <AuthCard title={words.title} heading={isSecondStep ? texts.secondFactor.title : words.heading(look.org.name)}>
      {accept.isError && code !== 'second_factor_needed' && !hasFieldError && <ErrorNotice {...describeError(accept.error)} />}
      {isSecondStep ? (
        <SecondFactorForm isPending={accept.isPending} onBack={() => setIsSecondStep(false)} onCode={(next) => accept.mutate({ ...given, code: next })} />
      ) : (
        <>
          <div className={styles.fact}>
            <p>{words.text(look.org.name, look.role)}</p>
            <p className="dim">{words.roles[look.role]}</p>
          </div>
          {look.sign_in_url ? (
            <>
              <p>{words.provider}</p>
              <Button component="a" href={look.sign_in_url} fullWidth>
                {words.toProvider}
              </Button>
            </>
          ) : (
            <AcceptForm look={look} given={given} setGiven={setGiven} error={accept.error} isPending={accept.isPending} submit={() => accept.mutate(given)} />
          )}
        </>
      )}
    </AuthCard>
  );
}

interface FormProps {
  look: InvitationLook;
  given: Acceptance;
  setGiven: (next: Acceptance) => void;
  error: unknown;
  isPending: boolean;
  submit: () => void;
}

function AcceptForm({ look, given, setGiven, error, isPending, submit }: FormProps) {
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    submit();
  };
  return (
    <form className={styles.form} onSubmit={send} aria-label={words.heading(look.org.name)}>
      {look.known && <p>{words.knownText}</p>}
      <TextInput label={words.email} value={look.email} readOnly autoComplete="username" />
      {!look.known && (
        <TextInput
          label={words.name}
          description={words.nameHint}
          autoComplete="name"
          required
          withAsterisk={false}
          maxLength={200}
          autoFocus
          error={fieldErrorOf(error, 'name')}
          value={given.name ?? ''}
          onChange={(event) => setGiven({ ...given, name: event.currentTarget.value })}
        />
      )}
      <SecretInput
        label={look.known ? texts.signIn.password : words.newPassword}
        description={look.known ? undefined : texts.reset.hint}
        autoComplete={look.known ? 'current-password' : 'new-password'}
        required
        minLength={look.known ? 1 : 8}
        maxLength={look.known ? 1024 : 256}
        error={fieldErrorOf(error, 'password')}
        value={given.password ?? ''}
        onChange={(event) => setGiven({ ...given, password: event.currentTarget.value })}
      />
      <Button type="submit" loading={isPending} fullWidth>
        {words.submit}
      </Button>
    </form>
  );
}
