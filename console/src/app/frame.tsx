import { Outlet } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import { texts } from '~/texts/frame';
import { NotFoundPage } from './fallback-pages';
import { OrgNavigation } from './navigation';
import { OrgSwitch } from './org-switch';
import { ReturnLink } from './return-link';
import { Shell } from './shell';
import { useOrg } from './use-org';

// The frame of one organisation.
export function Frame() {
  const session = useSession();
  const org = useOrg();
  if (!session) return null;
  if (!org) return <NotFoundPage />;
  return (
    <Shell session={session} org={org} switcher={<OrgSwitch session={session} current={org} />} navigationName={texts.settings} banner={session.portal?.return_url && <ReturnLink session={session} />} navigation={<OrgNavigation org={org} isGuest={session.guest ?? false} />}>
      <Outlet />
    </Shell>
  );
}
