import { Button } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ApiError, describeError } from '~/api/errors';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/account';
import { CodeInput } from '~/ui/code-input';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import styles from './account.module.css';

interface Props {
  label: string;
  text: string;
  submitLabel: string;
  isDangerous?: boolean;
  error: unknown;
  isPending: boolean;
  onProof: (proof: { password: string; code: string }) => void;
  onCancel: () => void;
}

const words = texts.secondFactor;

// Password and code again, before something that weakens the account.
export function ProofForm({ label, text, submitLabel, isDangerous = false, error, isPending, onProof, onCancel }: Props) {
  const [proof, setProof] = useState({ password: '', code: '' });
  const code = error instanceof ApiError ? error.code : '';
  const sentence = error ? describeError(error) : null;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onProof({ ...proof, code: proof.code.trim() });
  };
  return (
    <form className={styles.steps} onSubmit={submit} aria-label={label}>
      <p>{text}</p>
      {sentence && code !== 'wrong_password' && code !== 'wrong_code' && <ErrorNotice {...sentence} />}
      <SecretInput
        label={words.password}
        autoComplete="current-password"
        required
        maxLength={1024}
        data-autofocus
        error={code === 'wrong_password' ? sentence?.title : undefined}
        value={proof.password}
        onChange={(event) => setProof({ ...proof, password: event.currentTarget.value })}
      />
      <CodeInput kind="either" label={words.removeCode} value={proof.code} onChange={(next) => setProof({ ...proof, code: next })} error={code === 'wrong_code' ? sentence?.title : undefined} />
      <div className={styles.buttons}>
        <Button variant="default" onClick={onCancel}>
          {common.cancel}
        </Button>
        <Button type="submit" {...(isDangerous ? { color: 'red' } : {})} loading={isPending}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
