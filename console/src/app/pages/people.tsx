import type { ReactNode } from 'react';
import { isAdminOf, useSession } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import { PageTab, PageTabs } from '~/app/page-tabs';
import { useOrg } from '~/app/use-org';
import { InviteButton, PeoplePage } from '~/features/people/people-page';
import { SignInSettingsPage } from '~/features/people/sign-in-settings';
import { texts as frame } from '~/texts/frame';
import { texts } from '~/texts/people';
import { Page } from '~/ui/page';
import { LockedState } from '~/ui/states';

export function PeopleRoute() {
  const self = useSession()?.person.id ?? '';
  return <PeopleFrame aside={(org) => <InviteButton org={org} />}>{(org) => <PeoplePage key={org.id} org={org} self={self} />}</PeopleFrame>;
}

export function SignInSettingsRoute() {
  return <PeopleFrame>{(org) => <SignInSettingsPage key={org.id} org={org} />}</PeopleFrame>;
}

interface Props {
  aside?: (org: SessionOrg) => ReactNode;
  children: (org: SessionOrg) => ReactNode;
}

function PeopleFrame({ aside, children }: Props) {
  const org = useOrg();
  const isGuest = useSession()?.guest ?? false;
  if (!org) return null;
  if (isGuest || !isAdminOf(org)) {
    return (
      <Page title={texts.title}>
        <LockedState title={texts.lockedTitle}>
          <p>{isGuest ? frame.guest.text : frame.locked.text(org.name)}</p>
        </LockedState>
      </Page>
    );
  }
  const params = { org: org.id };
  return (
    <Page title={texts.title} aside={aside?.(org)}>
      <PageTabs label={texts.title}>
        <PageTab to="/orgs/$org/settings/people" params={params}>
          {texts.tabs.people}
        </PageTab>
        <PageTab to="/orgs/$org/settings/people/sign-in" params={params}>
          {texts.tabs.signIn}
        </PageTab>
      </PageTabs>
      {children(org)}
    </Page>
  );
}
