import { useEffect, type ReactNode } from 'react';
import { texts } from '~/texts/common';
import styles from './session.module.css';

interface Props {
  title: string; // of the window
  heading: string;
  children: ReactNode;
}

// The one card of a page without a frame.
export function AuthCard({ title, heading, children }: Props) {
  useEffect(() => {
    document.title = texts.windowTitle(title);
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <h1 className={styles.title}>
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <span>{heading}</span>
        </h1>
        {children}
      </div>
    </main>
  );
}
