import { Alert, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import { texts } from '~/texts/account';
import { Page } from '~/ui/page';
import { ErrorState } from '~/ui/states';
import { PasswordPanel } from './password-panel';
import { ProfilePanel } from './profile-panel';
import { meQuery } from './queries';
import { SecondFactorPanel } from './second-factor-panel';
import { SessionsPanel } from './sessions-panel';
import styles from './account.module.css';

interface Props {
  mustSetUp: boolean; // nothing else is open before a second factor is on
  onSetUp: () => void;
}

export function AccountPage(props: Props) {
  return (
    <Page title={texts.title}>
      <div className={styles.panels}>
        <Body {...props} />
      </div>
    </Page>
  );
}

function Body({ mustSetUp, onSetUp }: Props): ReactNode {
  const me = useQuery(meQuery);
  if (me.isPending) return <Skeleton height={320} role="status" aria-label={texts.loading} />;
  if (me.isError) {
    const requestId = me.error instanceof ApiError ? me.error.requestId : undefined;
    return <ErrorState {...describeError(me.error)} requestId={requestId} onRetry={() => void me.refetch()} />;
  }
  return (
    <>
      {mustSetUp && (
        <Alert color="yellow" variant="light" role="status">
          {texts.secondFactor.required}
        </Alert>
      )}
      {mustSetUp && <SecondFactorPanel me={me.data} onSetUp={onSetUp} />}
      <ProfilePanel me={me.data} />
      <PasswordPanel me={me.data} />
      {!mustSetUp && <SecondFactorPanel me={me.data} onSetUp={onSetUp} />}
      <SessionsPanel />
    </>
  );
}
