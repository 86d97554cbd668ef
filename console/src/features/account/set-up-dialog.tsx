import { Button, Modal } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { SecondFactorSecret } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/account';
import { CodeInput } from '~/ui/code-input';
import { CopyButton } from '~/ui/copy-button';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import { useBeginSecondFactor, useConfirmSecondFactor } from './queries';
import { QrCode } from './qr-code';
import { RecoveryCodes } from './recovery-codes';
import styles from './account.module.css';

const words = texts.secondFactor;

// Password, then the secret and a first code, then the recovery codes. Closing before the code leaves all as it was.
export function SetUpDialog({ email, onClose }: { email: string; onClose: (isOn: boolean) => void }) {
  const begin = useBeginSecondFactor();
  const confirm = useConfirmSecondFactor();
  const codes = confirm.data;
  return (
    <Modal
      opened
      onClose={() => onClose(codes !== undefined)}
      title={codes ? words.codesTitle : words.setUpTitle}
      closeButtonProps={{ 'aria-label': common.close }}
      closeOnClickOutside={false}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onDone={() => onClose(true)} />
      ) : begin.data ? (
        <Scan secret={begin.data} confirm={confirm} />
      ) : (
        <PasswordStep email={email} begin={begin} />
      )}
    </Modal>
  );
}

function PasswordStep({ email, begin }: { email: string; begin: ReturnType<typeof useBeginSecondFactor> }) {
  const [password, setPassword] = useState('');
  const isWrong = begin.error instanceof ApiError && begin.error.code === 'wrong_password';
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    begin.mutate(password);
  };
  return (
    <form className={styles.steps} onSubmit={submit} aria-label={words.step1}>
      <p>{words.step1Text}</p>
      {begin.isError && !isWrong && <ErrorNotice {...describeError(begin.error)} />}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <SecretInput
        label={words.password}
        autoComplete="current-password"
        required
        maxLength={1024}
        data-autofocus
        error={isWrong ? describeError(begin.error).title : undefined}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" loading={begin.isPending}>
          {words.next}
        </Button>
      </div>
    </form>
  );
}

function Scan({ secret, confirm }: { secret: SecondFactorSecret; confirm: ReturnType<typeof useConfirmSecondFactor> }) {
  const [code, setCode] = useState('');
  const isWrong = confirm.error instanceof ApiError && confirm.error.code === 'wrong_code';
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.mutate(code.replace(/\s/g, ''));
  };
  return (
    <form className={styles.steps} onSubmit={submit} aria-label={words.setUpTitle}>
      {confirm.isError && !isWrong && <ErrorNotice {...describeError(confirm.error)} />}
      <section className={styles.step}>
        <h3 className={styles.stepTitle}>{words.step2}</h3>
        <p>{words.step2Text}</p>
        <div className={styles.scan}>
          <QrCode text={secret.otpauth_url} label={words.qrLabel} />
          <div className={styles.byHand}>
            <span>{words.byHand}</span>
            <span className={styles.secret}>{inFours(secret.secret)}</span>
            <CopyButton text={secret.secret} label={words.copySecret} />
          </div>
        </div>
      </section>
      <section className={styles.step}>
        <h3 className={styles.stepTitle}>{words.step3}</h3>
        <p>{words.step3Text}</p>
        <CodeInput kind="app" label={words.code} value={code} onChange={setCode} error={isWrong ? describeError(confirm.error).title : undefined} autoFocus />
      </section>
      <div className={styles.buttons}>
        <Button type="submit" loading={confirm.isPending}>
          {words.confirm}
        </Button>
      </div>
    </form>
  );
}

const inFours = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');
