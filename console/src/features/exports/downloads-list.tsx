import { Skeleton, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { EventFilter } from '~/api/types';
import { texts } from '~/texts/exports';
import { ErrorNotice } from '~/ui/error-notice';
import { EmptyState, ErrorState } from '~/ui/states';
import { DownloadRow } from './download-row';
import { exportsQuery, useExportChanges, useFetchFile, type FetchFile } from './queries';
import styles from './exports.module.css';

interface Props {
  org: string;
  describeFilter: (filter: EventFilter) => string;
  fetchFile?: FetchFile; // where a link alone does not say who asks
}

export function DownloadsList({ org, describeFilter, fetchFile }: Props): ReactNode {
  const exports = useQuery(exportsQuery(org));
  const { create, cancel } = useExportChanges(org);
  const fetched = useFetchFile(org, fetchFile);
  if (exports.isPending) return <Skeleton height={160} role="status" aria-label={texts.loading} />;
  if (exports.isError) {
    const requestId = exports.error instanceof ApiError ? exports.error.requestId : undefined;
    return <ErrorState {...describeError(exports.error)} requestId={requestId} onRetry={() => void exports.refetch()} />;
  }
  if (exports.data.data.length === 0) {
    return (
      <EmptyState title={texts.none}>
        <p>{texts.noneAdvice}</p>
      </EmptyState>
    );
  }
  const error = cancel.error ?? create.error ?? fetched.error;
  return (
    <>
      {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
      <div className={styles.scroll} role="region" aria-label={texts.list} tabIndex={0}>
        <Table className={styles.table ?? ''}>
          <Table.Thead>
            <Table.Tr>
              {Object.values(texts.columns).map((column) => (
                <Table.Th key={column} className="nowrap">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {exports.data.data.map((item) => (
              <DownloadRow key={item.id} org={org} item={item} describeFilter={describeFilter} onCancel={() => cancel.mutate(item.id)} onAgain={create.mutate} onFetch={fetchFile && fetched.mutate} isFetching={fetched.isPending && fetched.variables === item.id} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}
