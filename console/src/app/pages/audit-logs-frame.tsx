import type { ReactNode } from 'react';
import { isAdminOf } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { texts } from '~/texts/audit-logs';
import { Page } from '~/ui/page';
import { LockedState } from '~/ui/states';
import { ZoneProvider } from '~/ui/zone';
import { PageTab, PageTabs } from '~/app/page-tabs';
import { useOrg } from '~/app/use-org';

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
  const params = { org: org.id };
  return (
    <ZoneProvider>
      <Page title={texts.title} aside={aside(org)}>
        <PageTabs label={texts.tabs.label}>
          <PageTab to="/orgs/$org/settings/audit-logs" params={params}>
            {texts.tabs.entries}
          </PageTab>
          <PageTab to="/orgs/$org/settings/audit-logs/downloads" params={params}>
            {texts.tabs.downloads}
          </PageTab>
        </PageTabs>
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
