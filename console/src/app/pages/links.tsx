import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useAdopt } from '~/app/use-adopt';
import { ForgotPage } from '~/features/session/forgot-page';
import { InvitationPage } from '~/features/session/invitation-page';
import { PortalPage } from '~/features/session/portal-page';
import { ResetPage } from '~/features/session/reset-page';
import { texts } from '~/texts/session';

// The token of a mailed link stands behind the #: browsers send that to no server.
const useToken = (): string => useLocation({ select: (location) => location.hash.replace(/^#/, '') });

const SignInLink = () => <Link to="/sign-in">{texts.forgot.back}</Link>;

export function ForgotRoute() {
  return <ForgotPage backLink={<SignInLink />} />;
}

export function ResetRoute() {
  const token = useToken();
  const navigate = useNavigate();
  return <ResetPage token={token} againLink={<Link to="/forgot">{texts.reset.again}</Link>} onDone={() => void navigate({ to: '/sign-in', search: { reset: 'done' }, replace: true })} />;
}

export function InvitationRoute() {
  const token = useToken();
  const navigate = useNavigate();
  const adopt = useAdopt();
  return (
    <InvitationPage
      token={token}
      signInLink={<SignInLink />}
      onJoined={(session, org) => {
        adopt(session);
        void navigate({ to: '/orgs/$org', params: { org }, replace: true });
      }}
    />
  );
}

export function PortalRoute() {
  const token = useToken();
  const navigate = useNavigate();
  const adopt = useAdopt();
  return (
    <PortalPage
      token={token}
      onOpened={(session, { org, intent }) => {
        adopt(session);
        const to = intent === 'log_streams' ? '/orgs/$org/settings/integrations/s3' : '/orgs/$org/settings/audit-logs';
        void navigate({ to, params: { org: org.id }, replace: true });
      }}
    />
  );
}
