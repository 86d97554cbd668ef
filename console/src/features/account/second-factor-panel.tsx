import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Me } from '~/api/types';
import { texts } from '~/texts/account';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { RemoveDialog } from './remove-dialog';
import { RenewDialog } from './renew-dialog';
import { SetUpDialog } from './set-up-dialog';
import styles from './account.module.css';

const words = texts.secondFactor;

export function SecondFactorPanel({ me, onSetUp }: { me: Me; onSetUp: () => void }) {
  const [open, setOpen] = useState<'set-up' | 'renew' | 'remove' | null>(null);
  if (!me.has_password) return null;
  const { enabled, required, since, recovery_codes_left: left } = me.second_factor;
  const close = () => setOpen(null);
  return (
    <Panel title={words.title}>
      <p className={styles.text}>{words.why}</p>
      <div className={styles.row}>
        <StatusMark tone={enabled ? 'good' : 'quiet'}>{enabled ? words.on : words.off}</StatusMark>
        {enabled && (
          <span className="dim figures">
            {since && `${words.since(since)}. `}
            {words.left(left)} {required && words.requiredNote}
          </span>
        )}
      </div>
      <div className={styles.row} style={{ marginTop: '0.75rem' }}>
        {enabled ? (
          <>
            <Button variant="default" onClick={() => setOpen('renew')}>
              {words.renew}
            </Button>
            {!required && (
              <Button variant="default" onClick={() => setOpen('remove')}>
                {words.remove}
              </Button>
            )}
          </>
        ) : (
          <Button onClick={() => setOpen('set-up')}>{words.setUp}</Button>
        )}
      </div>
      {open === 'set-up' && (
        <SetUpDialog
          email={me.email}
          onClose={(isOn) => {
            close();
            if (isOn) onSetUp();
          }}
        />
      )}
      {open === 'renew' && <RenewDialog onClose={close} />}
      {open === 'remove' && <RemoveDialog onClose={close} />}
    </Panel>
  );
}
