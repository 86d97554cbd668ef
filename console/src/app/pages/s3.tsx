import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { isAdminOf } from '~/api/session';
import { parseS3Search } from '~/features/integrations/s3-search';
import { S3Page } from '~/features/integrations/s3-page';
import { texts } from '~/texts/integrations';
import { useOrg } from '~/app/use-org';
import { MembersCannot } from './integrations';

export function S3Route() {
  const org = useOrg();
  const search = parseS3Search({ ...useSearch({ from: '/signed-in/orgs/$org/settings/integrations/s3' }) });
  const navigate = useNavigate();
  if (!org) return null;
  if (!isAdminOf(org)) return <MembersCannot title={texts.s3} org={org.name} />;
  return (
    <S3Page
      org={org}
      search={search}
      setSearch={(next) => void navigate({ to: '.', search: next, replace: true })}
      back={
        <Link to="/orgs/$org/settings/integrations" params={{ org: org.id }}>
          {texts.back}
        </Link>
      }
    />
  );
}
