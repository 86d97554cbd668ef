import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { sessionKey, useSession } from '~/api/session';
import { LockedState } from '~/ui/states';
import { OperatorsNavigation } from '~/app/operators/navigation';
import { OrgNavigation } from '~/app/navigation';
import { OrgSwitch } from '~/app/org-switch';
import { Shell } from '~/app/shell';
import { lastOrgOf } from '~/app/use-org';
import { AccountPage } from '~/features/account/account-page';
import { safeNext } from '~/lib/safe-next';
import { texts } from '~/texts/frame';

// One's own account, in the frame that one came from.
export function AccountRoute() {
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/signed-in/account' });
  if (!session) return null;
  const org = lastOrgOf(session);
  const mustSetUp = session.second_factor_required ?? false;
  const goOn = async () => {
    if (!mustSetUp) return;
    await queries.refetchQueries({ queryKey: sessionKey });
    await navigate({ href: safeNext(next), replace: true });
  };
  return (
    <Shell
      session={session}
      org={org}
      switcher={<OrgSwitch session={session} current={org} />}
      navigationName={org ? texts.settings : texts.operations}
      navigation={org ? <OrgNavigation org={org} /> : session.operator && !mustSetUp ? <OperatorsNavigation /> : null}
    >
      {session.guest ? (
        <LockedState title={texts.guest.title}>
          <p>{texts.guest.text}</p>
        </LockedState>
      ) : (
        <AccountPage mustSetUp={mustSetUp} onSetUp={() => void goOn()} />
      )}
    </Shell>
  );
}
