import { Link } from '@tanstack/react-router';
import { isAdminOf } from '~/api/session';
import { useOrg } from '~/app/use-org';
import { texts } from '~/texts/data-packs';
import { texts as frame } from '~/texts/frame';
import { Page } from '~/ui/page';
import { EmptyState, LockedState } from '~/ui/states';

export function DataPacksRoute() {
  const org = useOrg();
  if (!org) return null;
  if (!isAdminOf(org)) {
    return (
      <Page title={texts.title}>
        <LockedState title={texts.lockedTitle}>
          <p>{frame.locked.text(org.name)}</p>
        </LockedState>
      </Page>
    );
  }
  if (!org.entitlements.data_packs) {
    return (
      <Page title={texts.title}>
        <LockedState title={texts.notEnabled(org.name)}>
          <p>{texts.what}</p>
          <p>{texts.ask(org.id)}</p>
        </LockedState>
      </Page>
    );
  }
  return (
    <Page title={texts.title} intro={texts.what}>
      <EmptyState
        title={texts.empty}
        actions={
          org.entitlements.s3 && (
            <Link to="/orgs/$org/settings/integrations/s3" params={{ org: org.id }}>
              {texts.toS3}
            </Link>
          )
        }
      >
        <p>{texts.emptyText}</p>
      </EmptyState>
    </Page>
  );
}
