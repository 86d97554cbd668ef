import { Link, useNavigate } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import type { SessionOrg } from '~/api/types';
import type { AuditSearch } from '~/features/audit-logs/search';
import { texts } from '~/texts/exports';
import { DownloadButton } from './download-button';

// Download as somebody has it who is signed in: they are mailed, and see the other pages of the organization.
export function OrgDownload({ org, search }: { org: SessionOrg; search: AuditSearch }) {
  const navigate = useNavigate();
  const email = useSession()?.person.email ?? '';
  const params = { org: org.id };
  return (
    <DownloadButton
      org={org}
      search={search}
      email={email}
      siemLink={
        <Link to="/orgs/$org/settings/integrations/s3" params={params}>
          {texts.siemLink}
        </Link>
      }
      onShowDownloads={() => void navigate({ to: '/orgs/$org/settings/audit-logs/downloads', params })}
    />
  );
}
