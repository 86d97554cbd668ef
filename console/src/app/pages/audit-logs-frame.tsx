import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAdminOf } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { texts } from '~/texts/audit-logs';
import { Page } from '~/ui/page';
import { LockedState } from '~/ui/states';
import { ZoneProvider } from '~/ui/zone';
import { useOrg } from '~/app/use-org';
import styles from './audit-logs-frame.module.css';

interface Props {
  aside: (org: SessionOrg) => ReactNode;
  children: (org: SessionOrg) => ReactNode;
}

// Title, tabs and the question whether this person may look at all. The server asks the same of every call.
export function AuditLogsFrame({ aside, children }: Props) {
  const org = useOrg();
  if (!org) return null;
  if (!isAdminOf(org)) {
    return (
      <Page title={texts.title}>
        <NotAllowed org={org} />
      </Page>
    );
  }
  if (!org.entitlements.audit_logs) {
    return (
      <Page title={texts.title}>
        <NotEnabled org={org} />
      </Page>
    );
  }
  const link = { params: { org: org.id }, className: styles.tab ?? '', activeProps: { className: `${styles.tab ?? ''} ${styles.current ?? ''}` } };
  return (
    <ZoneProvider>
      <Page title={texts.title} aside={aside(org)}>
        <nav aria-label={texts.tabs.label} className={styles.tabs}>
          <Link to="/orgs/$org/settings/audit-logs" activeOptions={{ exact: true, includeSearch: false }} {...link}>
            {texts.tabs.entries}
          </Link>
          <Link to="/orgs/$org/settings/audit-logs/downloads" {...link}>
            {texts.tabs.downloads}
          </Link>
        </nav>
        {children(org)}
      </Page>
    </ZoneProvider>
  );
}

function NotAllowed({ org }: { org: SessionOrg }) {
  return (
    <LockedState title={texts.notAllowed.title}>
      <p>{texts.notAllowed.text(org.name)}</p>
    </LockedState>
  );
}

function NotEnabled({ org }: { org: SessionOrg }) {
  return (
    <LockedState title={texts.notEnabled.title(org.name)}>
      <p>{texts.notEnabled.what}</p>
      <p>{texts.notEnabled.ask(org.id)}</p>
    </LockedState>
  );
}
