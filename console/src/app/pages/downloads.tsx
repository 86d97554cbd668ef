import { DownloadsList } from '~/features/exports/downloads-list';
import { AuditLogsFrame } from './audit-logs-frame';
import { filterWords } from './filter-words';

export function DownloadsRoute() {
  return <AuditLogsFrame aside={() => null}>{(org) => <DownloadsList org={org.id} describeFilter={filterWords} />}</AuditLogsFrame>;
}
