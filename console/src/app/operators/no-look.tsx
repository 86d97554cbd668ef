import { Link, useParams } from '@tanstack/react-router';
import type { Session } from '~/api/types';
import { OrgSwitch } from '~/app/org-switch';
import { Shell } from '~/app/shell';
import { texts as frame } from '~/texts/frame';
import { texts } from '~/texts/operators';
import { Page } from '~/ui/page';
import { OperatorsNavigation } from './navigation';

// Instead of a customer's page, for an operator whose look has ended or who has not begun one.
export function NoLook({ session }: { session: Session }) {
  const { org = '' } = useParams({ strict: false });
  return (
    <Shell session={session} org={null} switcher={<OrgSwitch session={session} current={null} />} navigationName={frame.operations} navigation={<OperatorsNavigation />}>
      <Page title={texts.look.ended} intro={texts.look.endedText}>
        <Link to="/operators/orgs/$orgId" params={{ orgId: org }}>
          {texts.look.back}
        </Link>
      </Page>
    </Shell>
  );
}
