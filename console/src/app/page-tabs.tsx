import { Link, type LinkComponent } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from './page-tabs.module.css';

// Pages beside each other under one title.
export function PageTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {children}
    </nav>
  );
}

const current = { className: `${styles.tab ?? ''} ${styles.current ?? ''}` };

export const PageTab: LinkComponent<'a'> = (props) => (
  <Link className={styles.tab ?? ''} activeProps={current} activeOptions={{ exact: true, includeSearch: false }} {...props} />
);
