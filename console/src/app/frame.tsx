import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useLooks, type Look } from '~/api/looks';
import { useSession } from '~/api/session';
import { texts } from '~/texts/frame';
import { NotFoundPage } from './fallback-pages';
import { OrgNavigation } from './navigation';
import { OrgSwitch } from './org-switch';
import { ReturnLink } from './return-link';
import { Shell } from './shell';
import { useLook, useOrg } from './use-org';

// What only operators need is loaded for them.
const LookBar = lazy(async () => ({ default: (await import('~/features/operators/look-bar')).LookBar }));
const NoLook = lazy(async () => ({ default: (await import('./operators/no-look')).NoLook }));

// The frame of one organization.
export function Frame() {
  const session = useSession();
  const org = useOrg();
  const look = useLook();
  const looks = useLooks();
  if (!session) return null;
  if (!org) {
    if (!session.operator) return <NotFoundPage />;
    return <Suspense>{looks !== null && <NoLook session={session} />}</Suspense>;
  }
  const banner = look ? <Bar look={look} /> : session.portal?.return_url && <ReturnLink session={session} />;
  return (
    <Shell session={session} org={org} switcher={<OrgSwitch session={session} current={org} />} navigationName={texts.settings} banner={banner} navigation={<OrgNavigation org={org} isGuest={session.guest ?? false} />}>
      <Outlet />
    </Shell>
  );
}

function Bar({ look }: { look: Look }) {
  const navigate = useNavigate();
  return (
    <Suspense>
      <LookBar look={look} onEnded={() => void navigate({ to: '/operators/orgs/$orgId', params: { orgId: look.org.id } })} />
    </Suspense>
  );
}
