import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useLooks } from '~/api/looks';
import { useSession } from '~/api/session';
import { LookBar } from '~/features/operators/look-bar';
import { texts } from '~/texts/frame';
import { texts as operators } from '~/texts/operators';
import { LockedState } from '~/ui/states';
import { NotFoundPage } from './fallback-pages';
import { OrgNavigation } from './navigation';
import { OperatorsNavigation } from './operators/navigation';
import { OrgSwitch } from './org-switch';
import { ReturnLink } from './return-link';
import { Shell } from './shell';
import { useLook, useOrg } from './use-org';

// The frame of one organisation.
export function Frame() {
  const session = useSession();
  const org = useOrg();
  const look = useLook();
  const navigate = useNavigate();
  const looks = useLooks();
  if (!session) return null;
  if (!org) {
    if (!session.operator) return <NotFoundPage />;
    return looks === null ? null : <NoLook />;
  }
  const toOperations = () => void navigate({ to: '/operators/orgs/$orgId', params: { orgId: org.id } });
  const banner = look ? <LookBar look={look} onEnded={toOperations} /> : session.portal?.return_url && <ReturnLink session={session} />;
  return (
    <Shell session={session} org={org} switcher={<OrgSwitch session={session} current={org} />} navigationName={texts.settings} banner={banner} navigation={<OrgNavigation org={org} isGuest={session.guest ?? false} />}>
      <Outlet />
    </Shell>
  );
}

// An operator whose look has ended, or who has not begun one.
function NoLook() {
  const session = useSession();
  const { org = '' } = useParams({ strict: false });
  if (!session) return null;
  return (
    <Shell session={session} org={null} switcher={<OrgSwitch session={session} current={null} />} navigationName={texts.operations} navigation={<OperatorsNavigation />}>
      <LockedState
        title={operators.look.ended}
        actions={
          <Link to="/operators/orgs/$orgId" params={{ orgId: org }}>
            {operators.look.back}
          </Link>
        }
      >
        <p>{operators.look.endedText}</p>
      </LockedState>
    </Shell>
  );
}
