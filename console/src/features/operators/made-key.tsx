import { Button, Code } from '@mantine/core';
import { texts } from '~/texts/operators';
import { CopyButton } from '~/ui/copy-button';
import { StatusMark } from '~/ui/status-mark';
import styles from './operators.module.css';

const words = texts.keys;

// A key's text, this once.
export function MadeKey({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <div className={styles.form}>
      <p role="status">
        <StatusMark tone="good">{words.madeTitle}</StatusMark>
      </p>
      <p>{words.madeText}</p>
      <div className={styles.secret}>
        <Code>{text}</Code>
        <CopyButton text={text} label={words.copy} />
      </div>
      <div className={styles.buttons}>
        <Button onClick={onClose}>{words.done}</Button>
      </div>
    </div>
  );
}
