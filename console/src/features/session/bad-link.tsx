import type { ReactNode } from 'react';
import { texts } from '~/texts/session';
import { AuthCard } from './auth-card';
import styles from './session.module.css';

interface Props {
  advice: string;
  actions?: ReactNode;
}

// A mailed or handed-over link that opens nothing.
export function BadLink({ advice, actions }: Props) {
  return (
    <AuthCard title={texts.link.title} heading={texts.link.title}>
      <p role="alert">{advice}</p>
      {actions && <div className={styles.foot}>{actions}</div>}
    </AuthCard>
  );
}
