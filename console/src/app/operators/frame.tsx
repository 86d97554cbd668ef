import { Outlet } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import { NotFoundPage } from '~/app/fallback-pages';
import { OrgSwitch } from '~/app/org-switch';
import { Shell } from '~/app/shell';
import { texts } from '~/texts/frame';
import { OperatorsNavigation } from './navigation';

// What vendor staff see instead of an organization's settings.
export function OperatorsFrame() {
  const session = useSession();
  if (!session) return null;
  if (!session.operator) return <NotFoundPage />;
  return (
    <Shell session={session} org={null} switcher={<OrgSwitch session={session} current={null} />} navigationName={texts.operations} navigation={<OperatorsNavigation />}>
      <Outlet />
    </Shell>
  );
}
