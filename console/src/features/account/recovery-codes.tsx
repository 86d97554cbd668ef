import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { saveText } from '~/lib/save-file';
import { texts } from '~/texts/account';
import { CopyButton } from '~/ui/copy-button';
import { DownloadIcon } from '~/ui/icons';
import styles from './account.module.css';

const words = texts.secondFactor;

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const [isKept, setIsKept] = useState(false);
  const file = [words.fileHead, '', ...codes, ''].join('\n');
  return (
    <div className={styles.steps}>
      <p>{words.codesText}</p>
      <ul className={styles.codes} aria-label={words.codesLabel}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.row}>
        <CopyButton text={codes.join('\n')} label={words.copyCodes} />
        <Button size="compact-xs" variant="default" leftSection={<DownloadIcon size={12} />} onClick={() => saveText(words.fileName, file)}>
          {words.download}
        </Button>
      </div>
      <Checkbox label={words.kept} checked={isKept} onChange={(event) => setIsKept(event.currentTarget.checked)} />
      <div className={styles.buttons}>
        <Button disabled={!isKept} onClick={onDone}>
          {words.done}
        </Button>
      </div>
    </div>
  );
}
