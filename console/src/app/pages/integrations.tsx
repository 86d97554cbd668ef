import { Link } from '@tanstack/react-router';
import { isAdminOf } from '~/api/session';
import { IntegrationsPage } from '~/features/integrations/integrations-page';
import { texts as frame } from '~/texts/frame';
import { texts } from '~/texts/integrations';
import { Page } from '~/ui/page';
import { LockedState } from '~/ui/states';
import { useOrg } from '~/app/use-org';

export function IntegrationsRoute() {
  const org = useOrg();
  if (!org) return null;
  if (!isAdminOf(org)) return <MembersCannot title={texts.title} org={org.name} />;
  return (
    <IntegrationsPage
      org={org}
      s3Link={(content) => (
        <Link to="/orgs/$org/settings/integrations/s3" params={{ org: org.id }}>
          {content}
        </Link>
      )}
    />
  );
}

export function MembersCannot({ title, org }: { title: string; org: string }) {
  return (
    <Page title={title}>
      <LockedState title={texts.lockedTitle}>
        <p>{frame.locked.text(org)}</p>
      </LockedState>
    </Page>
  );
}
