import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Session, SessionOrg } from '~/api/types';
import { texts } from '~/texts/frame';
import { GearIcon, HelpIcon, SearchIcon } from '~/ui/icons';
import { PersonMenu } from './person-menu';
import { useShortcuts } from './use-shortcuts';
import styles from './frame.module.css';

const Palette = lazy(async () => ({ default: (await import('./palette')).Palette }));
const ShortcutsHelp = lazy(async () => ({ default: (await import('./shortcuts-help')).ShortcutsHelp }));

interface Props {
  session: Session;
  org: SessionOrg | null;
  switcher: ReactNode;
  navigationName: string;
  navigation: ReactNode;
  banner?: ReactNode; // over the whole width, under the header
  children: ReactNode;
}

const commandKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

// What stands around every page of a signed-in person.
export function Shell({ session, org, switcher, navigationName, navigation, banner, children }: Props) {
  const [shown, setShown] = useState<'palette' | 'help' | null>(null);
  const showPalette = () => setShown('palette');
  const showHelp = () => setShown('help');
  useShortcuts({ org, onPalette: showPalette, onHelp: showHelp });
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        {texts.skip}
      </a>
      <header className={styles.header}>
        {switcher}
        <div className={styles.right}>
          <button type="button" className={styles.goTo} title={texts.search} aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" onClick={showPalette}>
            <SearchIcon size={14} />
            <span className={styles.goToText}>{texts.searchShort}</span>
            <kbd className={styles.goToKey} aria-hidden="true">{commandKey} K</kbd>
          </button>
          <button type="button" className={`${styles.tool ?? ''} ${styles.help ?? ''}`} aria-label={texts.shortcutsHelp} title={texts.shortcuts} aria-haspopup="dialog" onClick={showHelp}>
            <HelpIcon size={18} />
          </button>
          {org && (
            <Link to="/orgs/$org/settings" params={{ org: org.id }} className={styles.tool ?? ''} aria-label={texts.settings} title={texts.settings}>
              <GearIcon size={18} />
            </Link>
          )}
          <PersonMenu session={session} onShortcuts={showHelp} />
        </div>
      </header>
      {banner && (
        <section aria-label={texts.notice} className={styles.banner}>
          {banner}
        </section>
      )}
      <nav aria-label={navigationName} className={styles.nav}>
        {navigation}
      </nav>
      <main id="main" tabIndex={-1} className={styles.main}>
        {children}
      </main>
      <Suspense>
        {shown === 'palette' && <Palette session={session} org={org} onClose={() => setShown(null)} />}
        {shown === 'help' && <ShortcutsHelp onClose={() => setShown(null)} />}
      </Suspense>
    </div>
  );
}
