import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '~/api/session';
import { ActionsPage } from '~/features/operators/actions-page';
import { HealthPage } from '~/features/operators/health-page';
import { KeysPage } from '~/features/operators/keys-page';
import { MaskingPage } from '~/features/operators/masking-page';
import { OrgPage } from '~/features/operators/org-page';
import { OrgsPage } from '~/features/operators/orgs-page';
import { EverybodyPage } from '~/features/people/everybody-page';
import { OperatedPeople } from '~/features/people/people-page';
import { texts } from '~/texts/operators';

const orgLink = (org: string, content: ReactNode) => (
  <Link to="/operators/orgs/$orgId" params={{ orgId: org }}>
    {content}
  </Link>
);

export function OrgsRoute() {
  const navigate = useNavigate();
  return <OrgsPage orgLink={orgLink} onCreated={(orgId) => void navigate({ to: '/operators/orgs/$orgId', params: { orgId } })} />;
}

export function OrgRoute() {
  const { orgId = '' } = useParams({ strict: false });
  const self = useSession()?.person.id ?? '';
  const navigate = useNavigate();
  return (
    <OrgPage
      key={orgId}
      id={orgId}
      crumb={<Link to="/operators/orgs">{texts.orgs.title}</Link>}
      onLook={(org) => void navigate({ to: '/orgs/$org/settings/audit-logs', params: { org } })}
      // Operators may make anybody anything.
      people={({ id, name }) => <OperatedPeople org={{ id, name, role: 'primary_admin' }} self={self} />}
    />
  );
}

export function EverybodyRoute() {
  const search = useSearch({ from: '/signed-in/operators/people' });
  const self = useSession()?.person.id ?? '';
  const navigate = useNavigate();
  return <EverybodyPage self={self} search={search} setSearch={(next) => void navigate({ to: '/operators/people', search: next, replace: true })} orgLink={orgLink} />;
}

export const KeysRoute = () => <KeysPage />;
export const ActionsRoute = () => <ActionsPage />;
export const MaskingRoute = () => <MaskingPage />;
export const HealthRoute = () => <HealthPage orgLink={orgLink} />;
