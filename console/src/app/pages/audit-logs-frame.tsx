import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAdminOf } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { Page } from '~/ui/page';
import { LockedState } from '~/ui/states';
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
      <Page title="Audit Logs">
        <NotAllowed org={org} />
      </Page>
    );
  }
  if (!org.entitlements.audit_logs) {
    return (
      <Page title="Audit Logs">
        <NotEnabled org={org} />
      </Page>
    );
  }
  const link = { params: { org: org.id }, className: styles.tab ?? '', activeProps: { className: `${styles.tab ?? ''} ${styles.current ?? ''}` } };
  return (
    <Page title="Audit Logs" aside={aside(org)}>
      <nav aria-label="Audit Logs" className={styles.tabs}>
        <Link to="/orgs/$org/settings/audit-logs" activeOptions={{ exact: true, includeSearch: false }} {...link}>
          Entries
        </Link>
        <Link to="/orgs/$org/settings/audit-logs/downloads" {...link}>
          Downloads
        </Link>
      </nav>
      {children(org)}
    </Page>
  );
}

function NotAllowed({ org }: { org: SessionOrg }) {
  return (
    <LockedState title="Audit Logs are for primary admins and admins">
      <p>You are a member of {org.name}. Ask one of its primary admins when you need to see who did what.</p>
    </LockedState>
  );
}

function NotEnabled({ org }: { org: SessionOrg }) {
  return (
    <LockedState title={`Audit Logs are not enabled for ${org.name}`}>
      <p>They show who did what, to what, from where and with what result, and deliver the same to your own bucket. They are a limited release.</p>
      <p>Ask your contact at the vendor to enable Audit Logs for the organisation “{org.id}”.</p>
    </LockedState>
  );
}
