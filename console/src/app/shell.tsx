import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Session, SessionOrg } from '~/api/types';
import { texts } from '~/texts/frame';
import { GearIcon } from '~/ui/icons';
import { PersonMenu } from './person-menu';
import styles from './frame.module.css';

interface Props {
  session: Session;
  org: SessionOrg | null;
  switcher: ReactNode;
  navigationName: string;
  navigation: ReactNode;
  banner?: ReactNode; // over the whole width, under the header
  children: ReactNode;
}

// What stands around every page of a signed-in person.
export function Shell({ session, org, switcher, navigationName, navigation, banner, children }: Props) {
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        {texts.skip}
      </a>
      <header className={styles.header}>
        {switcher}
        <div className={styles.right}>
          {org && (
            <Link to="/orgs/$org/settings" params={{ org: org.id }} className={styles.tool ?? ''} aria-label={texts.settings} title={texts.settings}>
              <GearIcon size={18} />
            </Link>
          )}
          <PersonMenu session={session} />
        </div>
      </header>
      {banner && <div className={styles.banner}>{banner}</div>}
      <nav aria-label={navigationName} className={styles.nav}>
        {navigation}
      </nav>
      <main id="main" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </div>
  );
}
