import { Button, Modal, Skeleton, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { DataSource } from '~/api/operator-types';
import { Failed, Refused } from '~/features/data-packs/shared/failed';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatCount } from '~/lib/format';
import { formatDuration } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/pack-operations';
import { OutsideText } from '~/ui/outside-text';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { sourcesQuery, useCheckSource, useRemoveSource } from './queries';
import { FileSets } from './file-sets';
import { FolderCount, type FolderLink } from './folder-count';
import { SourceDialog } from './source-dialog';

const words = texts.sources;

export function SourcesPage({ tabs, folderLink }: { tabs: ReactNode; folderLink: FolderLink }) {
  const list = useQuery(sourcesQuery);
  const [edited, setEdited] = useState<DataSource | 'new' | null>(null);
  return (
    <Page title={texts.title} intro={texts.intro} aside={<Button onClick={() => setEdited('new')}>{words.create}</Button>}>
      {tabs}
      {list.isPending && <Skeleton height={160} role="status" aria-label={words.loading} />}
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.data.length === 0 && (
        <EmptyState title={words.none}>
          <p>{words.noneText}</p>
        </EmptyState>
      )}
      {list.data && list.data.data.length > 0 && (
        <Panel>
          <div className={styles.scroll} role="group" aria-label={words.label} tabIndex={0}>
            <Table className={styles.runs ?? ''} verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  {Object.values(words.columns).map((column) => (
                    <Table.Th key={column}>{column}</Table.Th>
                  ))}
                  <Table.Th>
                    <span className="visually-hidden">{words.actions}</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.data.data.map((source) => (
                  <SourceRow key={source.id} source={source} folderLink={folderLink} onEdit={() => setEdited(source)} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </Panel>
      )}
      {edited && <SourceDialog source={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}

function SourceRow({ source, folderLink, onEdit }: { source: DataSource; folderLink: FolderLink; onEdit: () => void }) {
  const check = useCheckSource();
  const [asks, setAsks] = useState(false);
  const remove = useRemoveSource();
  const { id } = source;
  const [showsFiles, setShowsFiles] = useState(false);
  const takesFiles = source.type === 'upload' || source.type === 'folder';
  const hasMore = check.isSuccess || check.isError || showsFiles;
  return (
    <>
      <Table.Tr data-continued={hasMore || undefined}>
        <Table.Td>{id}</Table.Td>
        <Table.Td>{words.types[source.type] ?? source.type}</Table.Td>
        <Table.Td>
          <OutsideText>{placeOf(source)}</OutsideText>
          {source.type === 'folder' && <FolderCount source={id} link={folderLink} />}
        </Table.Td>
        <Table.Td>
          <OutsideText>{source.user}</OutsideText>
          {!source.has_password && !takesFiles && source.type !== 'files' && <span className={styles.under}>{words.noPassword}</span>}
        </Table.Td>
        <Table.Td className="figures">{formatCount(source.packs)}</Table.Td>
        <Table.Td>
          <div className={styles.buttons}>
            {takesFiles && (
              <Button size="compact-xs" variant="default" aria-label={words.filesOf(id)} aria-expanded={showsFiles} onClick={() => setShowsFiles(!showsFiles)}>
                {words.files}
              </Button>
            )}
            <Button size="compact-xs" variant="default" aria-label={words.checkOf(id)} loading={check.isPending} onClick={() => check.mutate(id)}>
              {words.check}
            </Button>
            <Button size="compact-xs" variant="default" aria-label={words.editOf(id)} onClick={onEdit}>
              {words.edit}
            </Button>
            <Button size="compact-xs" variant="default" aria-label={words.removeOf(id)} onClick={() => setAsks(true)}>
              {words.remove}
            </Button>
          </div>
          <Modal opened={asks} onClose={() => setAsks(false)} title={words.removeOf(id)} closeButtonProps={{ 'aria-label': common.close }}>
            <div className={styles.stack}>
              <p>{words.removeText(id)}</p>
              <Refused error={remove.error} />
              <div className={styles.buttons}>
                <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
                  {common.cancel}
                </Button>
                <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(id)}>
                  {words.remove}
                </Button>
              </div>
            </div>
          </Modal>
        </Table.Td>
      </Table.Tr>
      {hasMore && (
        <Table.Tr>
          <Table.Td colSpan={6} className={styles.detail ?? ''}>
            <div role="status">
              <Refused error={check.error} />
              {check.data && <Checked check={check.data} />}
            </div>
            {showsFiles && <FileSets source={id} />}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

// Without where it was compiled and by what: "PostgreSQL 15.9 (Debian 15.9-0)".
const shortVersion = (text: string): string => text.replace(/ on \S+, compiled by .*$/, '');

// Only what there is of it: files come to no server.
const placeOf = ({ host, port, database }: DataSource): string => [host + (port ? `:${String(port)}` : ''), database].filter(Boolean).join(' / ');

function Checked({ check }: { check: NonNullable<ReturnType<typeof useCheckSource>['data']> }) {
  return (
    <>
      <StatusMark tone={check.ok ? (check.warning ? 'warn' : 'good') : 'bad'}>{check.ok ? words.works(shortVersion(check.version ?? ''), formatDuration(check.duration_ms)) : words.fails}</StatusMark>
      {check.ok && check.read_only && ` ${words.readOnly}`}
      {check.warning && (
        <p className={styles.small}>
          <OutsideText>{check.warning}</OutsideText>
        </p>
      )}
      {check.detail && (
        <p className={styles.small}>
          <OutsideText>{check.detail}</OutsideText>
        </p>
      )}
    </>
  );
}
