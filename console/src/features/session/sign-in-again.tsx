import { Anchor, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode, type SubmitEvent } from 'react';
import { ApiError, describeError } from '~/api/errors';
import { askWhoIsHere, signIn } from '~/api/session';
import type { Session, SignIn } from '~/api/types';
import { texts } from '~/texts/session';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import { ProviderButtons, useProvider } from './provider-button';
import { SecondFactorForm } from './second-factor-form';
import styles from './session.module.css';

const words = texts.again;

interface Props {
  titleId: string;
  session: Session; // the one that ended
  onSession: (session: Session) => void; // whoever's it is
  onDrop: () => void;
}

// The way back for the person whose session ended over unsaved text. Sign-ins that lead away have a tab of their own: this
// one stays and finds out when it is looked at again.
export function SignInAgain({ titleId, session, onSession, onDrop }: Props) {
  const look = useMutation({ mutationFn: askWhoIsHere, onSuccess: (found) => found && onSession(found) });
  const { mutate: ask } = look;
  useEffect(() => {
    const whenSeen = () => ask();
    window.addEventListener('focus', whenSeen);
    return () => window.removeEventListener('focus', whenSeen);
  }, [ask]);
  const check = (
    <>
      {look.isSuccess && !look.data && <p role="status">{words.notYet}</p>}
      <Button variant="default" loading={look.isPending} onClick={() => ask()} fullWidth>
        {words.check}
      </Button>
    </>
  );
  return (
    <div className={styles.card}>
      <h2 id={titleId} className={styles.title}>
        <img src="/favicon.svg" alt="" width={22} height={22} />
        <span>{words.title}</span>
      </h2>
      <p>{words.text(session.person.name)}</p>
      {look.isError && <ErrorNotice {...describeError(look.error)} />}
      {session.guest ? (
        <>
          <p className="dim">{linkWords(session)}</p>
          {check}
        </>
      ) : (
        <Ways email={session.person.email} check={check} onSession={onSession} />
      )}
      <div className={styles.foot}>
        <Anchor component="button" type="button" fz="inherit" onClick={onDrop}>
          {words.other}
        </Anchor>
      </div>
    </div>
  );
}

function linkWords({ portal }: Session): string {
  return portal?.return_url ? words.link(new URL(portal.return_url).host) : words.linkOfProduct;
}

interface WaysProps {
  email: string;
  check: ReactNode;
  onSession: (session: Session) => void;
}

function Ways({ email, check, onSession }: WaysProps) {
  const provider = useProvider(email);
  const attempt = useMutation({ mutationFn: (proof: SignIn) => signIn(proof), onSuccess: onSession });
  const [password, setPassword] = useState<string | null>(null); // of the first step, once a code is asked for
  const code = attempt.error instanceof ApiError ? attempt.error.code : '';
  if (code === 'second_factor_needed' && password === null && attempt.variables) setPassword(attempt.variables.password);
  const leave = () => {
    setPassword(null);
    attempt.reset();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get('password');
    attempt.mutate({ email, password: typeof given === 'string' ? given : '' });
  };
  const isOnlyProvider = provider?.isOnlyWay ?? false;
  return (
    <>
      {attempt.isError && code !== 'second_factor_needed' && <ErrorNotice {...describeError(attempt.error)} />}
      {provider && (
        <>
          {isOnlyProvider && <p className="dim">{texts.signIn.onlyProvider(provider.domain)}</p>}
          <ProviderButtons provider={provider} next="/" beside />
          <p className="dim">{words.beside}</p>
          {check}
          {!isOnlyProvider && <div className={styles.or}>{texts.signIn.or}</div>}
        </>
      )}
      {!isOnlyProvider && password === null && (
        <form className={styles.form} onSubmit={submit} aria-label={words.title}>
          <TextInput label={texts.signIn.email} type="email" autoComplete="username" readOnly value={email} />
          <SecretInput label={texts.signIn.password} name="password" autoComplete="current-password" required maxLength={1024} autoFocus />
          <Button type="submit" loading={attempt.isPending} fullWidth>
            {texts.signIn.submit}
          </Button>
        </form>
      )}
      {!isOnlyProvider && password !== null && (
        <SecondFactorForm isPending={attempt.isPending} onBack={leave} backWord={words.back} onCode={(given) => attempt.mutate({ email, password, code: given })} />
      )}
    </>
  );
}
