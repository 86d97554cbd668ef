import { DownloadsList } from '~/features/exports/downloads-list';
import { AuditLogsFrame } from './audit-logs-frame';
import { filterWords } from './filter-words';
import { OrgDownload } from './org-download';

export function DownloadsRoute() {
  return <AuditLogsFrame aside={(org) => <OrgDownload org={org} search={{}} />}>{(org) => <DownloadsList org={org.id} describeFilter={filterWords} />}</AuditLogsFrame>;
}
