import { Button, Code } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '~/texts/common';
import { CopyButton } from './copy-button';
import { EmptyIcon, LockIcon, WarningIcon } from './icons';
import styles from './states.module.css';

interface Props {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  isPage?: boolean; // all that the page holds: its title is the page's own
}

function State({ icon, title, children, actions, isPage = false, role }: Props & { icon: ReactNode; role?: 'alert' | 'status' }) {
  const Title = isPage ? 'h1' : 'h2';
  return (
    <section className={styles.state} role={role}>
      <div className={styles.icon}>{icon}</div>
      <Title className={styles.title}>{title}</Title>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </section>
  );
}

export const EmptyState = (props: Props) => <State icon={<EmptyIcon size={28} />} role="status" {...props} />;
export const LockedState = (props: Props) => <State icon={<LockIcon size={28} />} {...props} />;

interface ErrorProps {
  title: string;
  advice: string;
  requestId?: string | undefined;
  onRetry?: (() => void) | undefined;
  isPage?: boolean;
}

export function ErrorState({ title, advice, requestId, onRetry, isPage = false }: ErrorProps) {
  return (
    <State
      icon={<WarningIcon size={28} />}
      role="alert"
      title={title}
      isPage={isPage}
      actions={
        onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {texts.tryAgain}
          </Button>
        )
      }
    >
      <p>{advice}</p>
      <RequestId id={requestId} />
    </State>
  );
}

export function RequestId({ id }: { id: string | undefined }) {
  if (!id) return null;
  return (
    <p className={styles.request}>
      {texts.requestId} <Code>{id}</Code> <CopyButton text={id} label={texts.copyRequestId} />
    </p>
  );
}
