import { Link } from '@tanstack/react-router';
import { isAdminOf } from '~/api/session';
import { S3Page } from '~/features/integrations/s3-page';
import { texts } from '~/texts/integrations';
import { useOrg } from '~/app/use-org';
import { MembersCannot } from './integrations';

export function S3Route() {
  const org = useOrg();
  if (!org) return null;
  if (!isAdminOf(org)) return <MembersCannot title={texts.s3} org={org.name} />;
  return (
    <S3Page
      org={org}
      back={
        <Link to="/orgs/$org/settings/integrations" params={{ org: org.id }}>
          {texts.back}
        </Link>
      }
    />
  );
}
