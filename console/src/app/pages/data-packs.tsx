import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAdminOf } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { NotFoundPage } from '~/app/fallback-pages';
import { PageTab, PageTabs } from '~/app/page-tabs';
import { useOrg } from '~/app/use-org';
import { DestinationPanel } from '~/features/data-packs/customer/destination-panel';
import { PackPage } from '~/features/data-packs/customer/pack-page';
import { Packs } from '~/features/data-packs/customer/packs-page';
import { SftpPanel } from '~/features/data-packs/customer/sftp-panel';
import { texts } from '~/texts/data-packs';
import { texts as frame } from '~/texts/frame';
import { Page } from '~/ui/page';
import { LockedState } from '~/ui/states';

// Only for admins of an organization that has data packs; everybody else is told why.
function Gate({ children }: { children: (org: SessionOrg) => ReactNode }) {
  const org = useOrg();
  if (!org) return null;
  if (isAdminOf(org) && org.entitlements.data_packs) return children(org);
  return (
    <Page title={texts.title}>
      {isAdminOf(org) ? (
        <LockedState title={texts.notEnabled(org.name)}>
          <p>{texts.what}</p>
          <p>{texts.formerly}</p>
          <p>{texts.ask(org.id)}</p>
        </LockedState>
      ) : (
        <LockedState title={texts.lockedTitle}>
          <p>{frame.locked.text(org.name)}</p>
        </LockedState>
      )}
    </Page>
  );
}

function Tabs({ org }: { org: string }) {
  return (
    <PageTabs label={texts.tabs.label}>
      <PageTab to="/orgs/$org/settings/data-packs" params={{ org }}>
        {texts.tabs.packs}
      </PageTab>
      <PageTab to="/orgs/$org/settings/data-packs/destination" params={{ org }}>
        {texts.tabs.destination}
      </PageTab>
    </PageTabs>
  );
}

// Where packs go, from the pages of packs.
const destinationLink = (org: string) => (content: ReactNode) => (
  <Link to="/orgs/$org/settings/data-packs/destination" params={{ org }}>
    {content}
  </Link>
);

const intro = `${texts.what} ${texts.formerly}`;

export function DataPacksRoute() {
  return (
    <Gate>
      {(org) => (
        <Page title={texts.title} intro={intro}>
          <Tabs org={org.id} />
          <Packs
            org={org.id}
            destinationLink={destinationLink(org.id)}
            packLink={(pack, content) => (
              <Link to="/orgs/$org/settings/data-packs/packs/$pack" params={{ org: org.id, pack }}>
                {content}
              </Link>
            )}
          />
        </Page>
      )}
    </Gate>
  );
}

export function DataPackDestinationRoute() {
  return (
    <Gate>
      {(org) => (
        <Page title={texts.title} intro={intro}>
          <Tabs org={org.id} />
          <DestinationPanel
            org={org.id}
            hasS3={org.entitlements.s3}
            s3Link={(content) => (
              <Link to="/orgs/$org/settings/integrations/s3" params={{ org: org.id }}>
                {content}
              </Link>
            )}
          />
          <SftpPanel org={org.id} />
        </Page>
      )}
    </Gate>
  );
}

export function DataPackRoute() {
  const { pack = '' } = useParams({ strict: false });
  return (
    <Gate>
      {(org) => (
        <PackPage
          key={pack}
          org={org.id}
          id={pack}
          notFound={<NotFoundPage />}
          destinationLink={destinationLink(org.id)}
          back={
            <Link to="/orgs/$org/settings/data-packs" params={{ org: org.id }}>
              {texts.back}
            </Link>
          }
        />
      )}
    </Gate>
  );
}
