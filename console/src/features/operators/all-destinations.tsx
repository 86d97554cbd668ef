import { Skeleton, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatDuration, formatRelative } from '~/lib/time';
import { texts } from '~/texts/operators';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { Failed } from './failed';
import { destinationsQuery } from './queries';
import { toneOf } from './states';
import styles from './operators.module.css';

const words = texts.health;

export function AllDestinations({ orgLink }: { orgLink: (org: string, content: ReactNode) => ReactNode }) {
  const list = useQuery(destinationsQuery);
  const now = useNow();
  if (list.isPending) return <Skeleton height={80} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.data.length === 0) return <p className="dim">{words.noDestinations}</p>;
  const when = (iso: string | null | undefined) => (iso ? formatRelative(iso, now) : <span className="dim">{texts.never}</span>);
  return (
    <div className={styles.scroll} role="region" aria-label={words.destinationsLabel} tabIndex={0}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.columns.org}</Table.Th>
            <Table.Th>{words.columns.bucket}</Table.Th>
            <Table.Th>{words.columns.state}</Table.Th>
            <Table.Th>{words.columns.lag}</Table.Th>
            <Table.Th>{words.columns.last}</Table.Th>
            <Table.Th>{words.columns.next}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.data.data.map((item) => (
            <Table.Tr key={`${item.org.id} ${item.id}`}>
              <Table.Td>{orgLink(item.org.id, <OutsideText>{item.org.name}</OutsideText>)}</Table.Td>
              <Table.Td>{item.bucket ?? item.id}</Table.Td>
              <Table.Td>
                <StatusMark tone={toneOf(item.state)}>{words.states[item.state]}</StatusMark>
                {item.reason && <span className={styles.under}>{item.reason}</span>}
              </Table.Td>
              <Table.Td className="nowrap">{item.lag_seconds > 0 ? formatDuration(item.lag_seconds * 1000) : words.onTime}</Table.Td>
              <Table.Td className="nowrap">{when(item.last_success_at)}</Table.Td>
              <Table.Td className="nowrap">{item.next_attempt_at ? when(item.next_attempt_at) : ''}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {list.data.has_more && <p className="dim">{words.moreDestinations}</p>}
    </div>
  );
}
