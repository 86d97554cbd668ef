import { Anchor, Button } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { texts } from '~/texts/session';
import { CodeInput } from '~/ui/code-input';
import styles from './session.module.css';

interface Props {
  onCode: (code: string) => void;
  onBack: () => void;
  backWord?: string;
  isPending: boolean;
}

const words = texts.secondFactor;

// The second step of whatever asks for a password: six digits of the app, or a recovery code.
export function SecondFactorForm({ onCode, onBack, backWord = words.other, isPending }: Props) {
  const [kind, setKind] = useState<'app' | 'recovery'>('app');
  const [code, setCode] = useState('');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onCode(code.trim());
  };
  const change = () => {
    setKind(kind === 'app' ? 'recovery' : 'app');
    setCode('');
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={words.title}>
      <p>{kind === 'app' ? words.text : words.recoveryText}</p>
      <CodeInput key={kind} kind={kind} label={kind === 'app' ? words.code : words.recoveryCode} value={code} onChange={setCode} autoFocus />
      <Button type="submit" loading={isPending} fullWidth>
        {words.submit}
      </Button>
      <div className={styles.foot}>
        <Anchor component="button" type="button" fz="inherit" onClick={change}>
          {kind === 'app' ? words.useRecovery : words.useApp}
        </Anchor>
        <Anchor component="button" type="button" fz="inherit" onClick={onBack}>
          {backWord}
        </Anchor>
      </div>
    </form>
  );
}
