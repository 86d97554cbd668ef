import { Link, type LinkComponent } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionOrg } from '~/api/types';
import { texts } from '~/texts/frame';
import styles from './frame.module.css';

const current = { className: `${styles.link ?? ''} ${styles.current ?? ''}` };

// A line of the frame's navigation; marked while its page or one below it is shown.
export const NavLink: LinkComponent<'a'> = (props) => <Link className={styles.link ?? ''} activeProps={current} activeOptions={{ includeSearch: false }} {...props} />;

export function NavGroup({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <>
      <div className={styles.group}>{title}</div>
      {children}
    </>
  );
}

// A guest has no account here, so nothing to do with people.
export function OrgNavigation({ org, isGuest = false }: { org: SessionOrg; isGuest?: boolean }) {
  const params = { org: org.id };
  return (
    <>
      <div className={styles.heading}>{texts.settings}</div>
      <NavGroup title={texts.security}>
        <NavLink to="/orgs/$org/settings/audit-logs" params={params}>
          {texts.auditLogs}
        </NavLink>
      </NavGroup>
      <div className={styles.gap} />
      <NavLink to="/orgs/$org/settings/integrations" params={params}>
        {texts.integrations}
      </NavLink>
      <NavLink to="/orgs/$org/settings/data-packs" params={params}>
        {texts.dataPacks}
      </NavLink>
      {!isGuest && (
        <NavLink to="/orgs/$org/settings/people" params={params}>
          {texts.people}
        </NavLink>
      )}
    </>
  );
}
