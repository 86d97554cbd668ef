import { Button, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { SessionOrg, SignInSettings } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/sign-in-settings';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { ErrorState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { signInQuery, useForgetSignIn } from './queries';
import { SignInFields } from './sign-in-fields';
import styles from './people.module.css';

export function SignInSettingsPage({ org }: { org: SessionOrg }): ReactNode {
  const settings = useQuery(signInQuery(org.id));
  if (settings.isPending) return <Skeleton height={320} role="status" aria-label={texts.loading} />;
  if (settings.isError) {
    const requestId = settings.error instanceof ApiError ? settings.error.requestId : undefined;
    return <ErrorState {...describeError(settings.error)} requestId={requestId} onRetry={() => void settings.refetch()} />;
  }
  const mayChange = org.role === 'primary_admin';
  return (
    <Panel title={texts.title} aside={settings.data.configured && mayChange && <Forget org={org.id} />}>
      <div className={styles.settings}>
        <p className="dim">{texts.intro}</p>
        <State settings={settings.data} />
        {!mayChange && <p>{texts.onlyPrimary}</p>}
        <SignInFields key={JSON.stringify(settings.data)} org={org.id} settings={settings.data} isReadOnly={!mayChange} />
      </div>
    </Panel>
  );
}

function State({ settings }: { settings: SignInSettings }) {
  const at = settings.last_sign_in_at;
  if (!settings.configured) return <StatusMark tone="quiet">{texts.off}</StatusMark>;
  return <StatusMark tone={at ? 'good' : 'warn'}>{at ? texts.tested(at) : texts.untested}</StatusMark>;
}

function Forget({ org }: { org: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const forget = useForgetSignIn(org);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setIsOpen(true)}>
        {texts.forget}
      </Button>
      {isOpen && (
        <Modal opened onClose={() => setIsOpen(false)} title={texts.forgetTitle} closeButtonProps={{ 'aria-label': common.close }}>
          <div className={styles.form}>
            <p>{texts.forgetText}</p>
            {forget.isError && <ErrorNotice {...describeError(forget.error)} />}
            <div className={styles.buttons}>
              <Button variant="default" data-autofocus onClick={() => setIsOpen(false)}>
                {common.cancel}
              </Button>
              <Button color="red" loading={forget.isPending} onClick={() => forget.mutate(undefined, { onSuccess: () => setIsOpen(false) })}>
                {texts.forget}
              </Button>
            </div>
          </div>
        </Modal>
      )}
    </>
  );
}
