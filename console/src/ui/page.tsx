import { useEffect, type ReactNode } from 'react';
import { texts } from '~/texts/common';
import styles from './page.module.css';

interface Props {
  title: string;
  crumb?: ReactNode; // the way back, above the title
  aside?: ReactNode; // at the top right
  intro?: ReactNode;
  children: ReactNode;
}

export function Page({ title, crumb, aside, intro, children }: Props) {
  useEffect(() => {
    document.title = texts.windowTitle(title);
  }, [title]);
  return (
    <div className={styles.page}>
      {crumb && <div className={styles.crumb}>{crumb}</div>}
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        <div className={styles.aside}>{aside}</div>
      </header>
      {intro && <p className={styles.intro}>{intro}</p>}
      {children}
    </div>
  );
}

export function Panel({ title, aside, children }: { title?: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.panel} aria-label={title}>
      {title && (
        <div className={styles.panelHead}>
          <h2 className={styles.panelTitle}>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
