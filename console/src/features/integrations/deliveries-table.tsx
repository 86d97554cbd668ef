import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Delivery } from '~/api/types';
import { formatBytes, formatCount } from '~/lib/format';
import { formatDay, formatDuration, formatMinute, formatRelative } from '~/lib/time';
import { CopyButton } from '~/ui/copy-button';
import { OutsideText } from '~/ui/outside-text';
import { Panel } from '~/ui/page';
import { EmptyState, ErrorState } from '~/ui/states';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { deliveriesQuery } from './queries';
import styles from './integrations.module.css';

interface Props {
  org: string;
  destination: string;
}

export function DeliveriesTable({ org, destination }: Props) {
  return (
    <Panel title="Deliveries">
      <Body org={org} destination={destination} />
    </Panel>
  );
}

function Body({ org, destination }: Props): ReactNode {
  const list = useInfiniteQuery(deliveriesQuery(org, destination));
  if (list.isPending) return <Skeleton height={120} role="status" aria-label="Loading deliveries" />;
  if (list.isError) {
    const requestId = list.error instanceof ApiError ? list.error.requestId : undefined;
    return <ErrorState {...describeError(list.error)} requestId={requestId} onRetry={() => void list.refetch()} />;
  }
  const rows = list.data.pages.flatMap((page) => page.data);
  if (rows.length === 0) {
    return (
      <EmptyState title="No window has closed yet">
        <p>The first file comes when the present hour or day is over.</p>
      </EmptyState>
    );
  }
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Deliveries" tabIndex={0}>
        <Table className={styles.deliveries ?? ''}>
          <Table.Thead>
            <Table.Tr>
              {['Window (UTC)', 'State', 'Entries', 'Range', 'Objects', 'Took'].map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <DeliveryRow key={row.id} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {list.hasNextPage && (
        <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Older
        </Button>
      )}
    </>
  );
}

function DeliveryRow({ row }: { row: Delivery }) {
  return (
    <Table.Tr>
      <Table.Td className="figures nowrap">{windowWords(row)}</Table.Td>
      <Table.Td>
        <DeliveryState row={row} />
      </Table.Td>
      <Table.Td className="figures">{formatCount(row.entries)}</Table.Td>
      <Table.Td className="figures nowrap">{row.entries === 0 ? 'empty' : `${formatCount(row.first_seq)} – ${formatCount(row.last_seq)}`}</Table.Td>
      <Table.Td>
        <Objects row={row} />
      </Table.Td>
      <Table.Td className="figures nowrap">{row.duration_ms == null ? '' : formatDuration(row.duration_ms)}</Table.Td>
    </Table.Tr>
  );
}

// "22 Nov 2026 13:00 – 14:00"; a whole day by its date.
function windowWords({ start, end }: Delivery): string {
  const from = formatMinute(start).replace(' UTC', '');
  const to = formatMinute(end).replace(' UTC', '');
  if (Date.parse(end) - Date.parse(start) === 86_400_000 && from.endsWith(' 00:00')) return formatDay(start);
  return formatDay(start) === formatDay(end) ? `${from} – ${to.split(' ').at(-1) ?? ''}` : `${from} – ${to}`;
}

const states: Record<Delivery['state'], { tone: Tone; word: string }> = {
  due: { tone: 'quiet', word: 'Due' },
  staged: { tone: 'quiet', word: 'Prepared' },
  delivering: { tone: 'quiet', word: 'Delivering' },
  delivered: { tone: 'good', word: 'Delivered' },
  failed: { tone: 'bad', word: 'Failed' },
};

function DeliveryState({ row }: { row: Delivery }) {
  const { tone, word } = states[row.state];
  const now = useNow();
  return (
    <>
      <StatusMark tone={tone}>{word}</StatusMark>
      {row.delivered_at && <div className="dim figures">{formatMinute(row.delivered_at)}</div>}
      {row.error && (
        <div>
          <OutsideText>{row.error}</OutsideText>
        </div>
      )}
      {row.remedy && (
        <div className={styles.remedy}>
          What to do: <OutsideText>{row.remedy}</OutsideText>
        </div>
      )}
      {row.state !== 'delivered' && (row.attempts > 0 || row.next_attempt_at) && (
        <div className="dim figures">
          {row.attempts > 0 && `Tried ${formatCount(row.attempts)} ${row.attempts === 1 ? 'time' : 'times'}`}
          {row.next_attempt_at && `, next ${formatRelative(row.next_attempt_at, now)}`}
          {row.request_id && `, S3 request ${row.request_id}`}
        </div>
      )}
    </>
  );
}

function Objects({ row }: { row: Delivery }) {
  const keys = [...row.files.map((file) => file.key), ...(row.manifest_key ? [row.manifest_key] : [])];
  if (keys.length === 0) return <span className="dim">none yet</span>;
  const bytes = row.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <ul className={styles.keys}>
      {keys.map((key) => (
        <li key={key}>
          <code>{key}</code> <CopyButton text={key} label={`Copy the key ${key}`} />
        </li>
      ))}
      <li className="dim figures">{formatBytes(bytes)}</li>
    </ul>
  );
}
