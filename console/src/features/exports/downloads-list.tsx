import { Progress, Skeleton, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { EventFilter, Export } from '~/api/types';
import { formatBytes, plural } from '~/lib/format';
import { formatMinute, formatRelative } from '~/lib/time';
import { DownloadIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { EmptyState, ErrorState } from '~/ui/states';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { exportsQuery, fileAddress } from './queries';
import styles from './exports.module.css';

interface Props {
  org: string;
  describeFilter: (filter: EventFilter) => string;
}

export function DownloadsList({ org, describeFilter }: Props): ReactNode {
  const exports = useQuery(exportsQuery(org));
  if (exports.isPending) return <Skeleton height={160} role="status" aria-label="Loading downloads" />;
  if (exports.isError) {
    const requestId = exports.error instanceof ApiError ? exports.error.requestId : undefined;
    return <ErrorState {...describeError(exports.error)} requestId={requestId} onRetry={() => void exports.refetch()} />;
  }
  if (exports.data.data.length === 0) {
    return (
      <EmptyState title="No downloads yet">
        <p>Ask for one with Download at the top right. Everyone who may see the logs sees it here until it expires.</p>
      </EmptyState>
    );
  }
  return (
    <div className={styles.scroll} role="region" aria-label="Downloads" tabIndex={0}>
      <Table className={styles.table ?? ''}>
        <Table.Thead>
          <Table.Tr>
            {['Asked for', 'Holds', 'By', 'State', 'Size', 'Link ends', 'File'].map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {exports.data.data.map((item) => (
            <DownloadRow key={item.id} org={org} item={item} describeFilter={describeFilter} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function DownloadRow({ org, item, describeFilter }: { org: string; item: Export; describeFilter: Props['describeFilter'] }) {
  const now = useNow();
  const filter = item.filter ? describeFilter(item.filter) : '';
  return (
    <Table.Tr>
      <Table.Td className="figures">{formatMinute(item.created_at)}</Table.Td>
      <Table.Td>
        {filter ? <OutsideText>{filter}</OutsideText> : 'Everything'}
        <div className="dim figures">
          {item.from ? formatMinute(item.from) : 'the first entry'} to {item.to ? formatMinute(item.to) : 'when it was asked for'}
        </div>
      </Table.Td>
      <Table.Td>
        <OutsideText>{item.requested_by.name || item.requested_by.email}</OutsideText>
      </Table.Td>
      <Table.Td>
        <ExportState item={item} />
      </Table.Td>
      <Table.Td className="figures nowrap">{item.state === 'ready' ? formatBytes(item.bytes) : ''}</Table.Td>
      <Table.Td className="figures">{item.expires_at && item.state === 'ready' && <time dateTime={item.expires_at} title={formatMinute(item.expires_at)}>{formatRelative(item.expires_at, now)}</time>}</Table.Td>
      <Table.Td>
        {item.state === 'ready' && (
          <a className={styles.file} href={fileAddress(org, item.id)} download>
            <DownloadIcon /> Download CSV
          </a>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

const states: Record<Export['state'], { tone: Tone; word: string }> = {
  queued: { tone: 'quiet', word: 'Waiting' },
  running: { tone: 'quiet', word: 'Preparing' },
  ready: { tone: 'good', word: 'Ready' },
  failed: { tone: 'bad', word: 'Failed' },
  expired: { tone: 'quiet', word: 'Expired' },
  cancelled: { tone: 'quiet', word: 'Cancelled' },
};

function ExportState({ item }: { item: Export }) {
  const { tone, word } = states[item.state];
  const rows = item.state === 'ready' || item.rows > 0 ? `, ${plural(item.rows, 'entry', 'entries')}` : '';
  return (
    <>
      <span className="figures" role="status">
        <StatusMark tone={tone}>
          {word}
          {rows}
        </StatusMark>
      </span>
      {item.state === 'running' && <Progress value={item.progress * 100} size="sm" mt={4} aria-label="Progress" />}
      {item.state === 'failed' && <div className="dim">{item.error ?? 'Ask for it again.'}</div>}
    </>
  );
}
