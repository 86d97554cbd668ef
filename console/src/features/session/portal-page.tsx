import { Anchor, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ApiError, describeError } from '~/api/errors';
import type { PortalLook, Session } from '~/api/types';
import { texts } from '~/texts/session';
import { ErrorNotice } from '~/ui/error-notice';
import { ErrorState } from '~/ui/states';
import { AuthCard } from './auth-card';
import { BadLink } from './bad-link';
import { Checking } from './invitation-page';
import { openPortal, portalQuery } from './queries';
import styles from './session.module.css';

interface Props {
  token: string;
  onOpened: (session: Session, look: PortalLook) => void;
}

const words = texts.portal;

// A link from the vendor's product. Looking consumes nothing; the button does.
export function PortalPage({ token, onOpened }: Props) {
  const look = useQuery({ ...portalQuery(token), enabled: token !== '' });
  const open = useMutation({ mutationFn: () => openPortal(token), onSuccess: (session) => look.data && onOpened(session, look.data) });
  const isNotValid = (error: unknown) => error instanceof ApiError && [404, 422].includes(error.status);
  if (token === '' || isNotValid(look.error) || isNotValid(open.error)) return <BadLink advice={texts.link.portal} />;
  if (look.isError) {
    return (
      <AuthCard title={words.title} heading={words.title}>
        <ErrorState {...describeError(look.error)} onRetry={() => void look.refetch()} />
      </AuthCard>
    );
  }
  if (look.isPending) return <Checking title={words.title} />;
  const { org, intent, return_url } = look.data;
  return (
    <AuthCard title={words.title} heading={words.heading(org.name)}>
      <p>{words.intents[intent].text}</p>
      {open.isError && <ErrorNotice {...describeError(open.error)} />}
      <Button loading={open.isPending} fullWidth autoFocus onClick={() => open.mutate()}>
        {words.intents[intent].button}
      </Button>
      <p className="dim">{words.once}</p>
      {return_url && (
        <div className={styles.foot}>
          <Anchor href={return_url} fz="inherit">
            {words.back(new URL(return_url).host)}
          </Anchor>
        </div>
      )}
    </AuthCard>
  );
}
