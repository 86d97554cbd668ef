import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Destination } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/integrations';
import { Panel } from '~/ui/page';
import { EmptyState, ErrorState } from '~/ui/states';
import { DeliveryRow } from './delivery-row';
import { deliveriesQuery } from './queries';
import styles from './integrations.module.css';

interface Props {
  org: string;
  destination: Destination;
}

export function DeliveriesTable({ org, destination }: Props) {
  return (
    <Panel title={texts.deliveries.title}>
      <Body org={org} destination={destination} />
    </Panel>
  );
}

function Body({ org, destination }: Props): ReactNode {
  const list = useInfiniteQuery(deliveriesQuery(org, destination.id));
  if (list.isPending) return <Skeleton height={120} role="status" aria-label={texts.deliveries.loading} />;
  if (list.isError) {
    const requestId = list.error instanceof ApiError ? list.error.requestId : undefined;
    return <ErrorState {...describeError(list.error)} requestId={requestId} onRetry={() => void list.refetch()} />;
  }
  const rows = list.data.pages.flatMap((page) => page.data);
  if (rows.length === 0) {
    return (
      <EmptyState title={texts.deliveries.empty}>
        <p>{texts.deliveries.emptyText}</p>
      </EmptyState>
    );
  }
  return (
    <>
      <div className={styles.scroll} role="group" aria-label={texts.deliveries.title} tabIndex={0}>
        <Table className={styles.deliveries ?? ''}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.deliveries.columns.window}</Table.Th>
              <Table.Th>{texts.deliveries.columns.state}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{texts.deliveries.columns.entries}</Table.Th>
              <Table.Th>{texts.deliveries.columns.range}</Table.Th>
              <Table.Th>{texts.deliveries.columns.objects}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{texts.deliveries.columns.took}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <DeliveryRow key={row.id} {...{ org, destination, row }} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {list.hasNextPage && (
        <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {common.older}
        </Button>
      )}
    </>
  );
}
