import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { FileSet } from '~/api/operator-types';
import { Failed } from '~/features/data-packs/shared/failed';
import { SetName } from '~/features/data-packs/shared/run-detail';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatBytes } from '~/lib/format';
import { formatMinute } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/pack-operations';
import { OutsideText } from '~/ui/outside-text';
import { EmptyState } from '~/ui/states';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { fileSetsQuery } from './queries';

const words = texts.fileSets;
const tones: Record<FileSet['state'], Tone> = { open: 'quiet', complete: 'good', gone: 'quiet' };

// What has come of the files that the vendor brings, the newest set first.
export function FileSets({ source }: { source: string }) {
  const list = useInfiniteQuery(fileSetsQuery(source));
  if (list.isPending) return <Skeleton height={80} role="status" aria-label={words.loading} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const sets = list.data.pages.flatMap((page) => page.data);
  if (sets.length === 0) {
    return (
      <EmptyState title={words.none}>
        <p>{words.noneText}</p>
      </EmptyState>
    );
  }
  return (
    <>
      <Table className={styles.sets ?? ''} verticalSpacing="xs" aria-label={words.label(source)}>
        <Table.Thead>
          <Table.Tr>
            {Object.values(words.columns).map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="figures">
          {sets.map((set) => (
            <SetRow key={`${set.organization_id} ${set.name} ${String(set.revision)}`} set={set} />
          ))}
        </Table.Tbody>
      </Table>
      {list.hasNextPage && (
        <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {common.older}
        </Button>
      )}
    </>
  );
}

function SetRow({ set }: { set: FileSet }) {
  const whole = set.files.filter(({ complete }) => complete).length;
  return (
    <Table.Tr>
      <Table.Td>
        <OutsideText>{set.organization_id}</OutsideText>
      </Table.Td>
      <Table.Td>
        <SetName set={set} />
      </Table.Td>
      <Table.Td>
        <StatusMark tone={tones[set.state]}>{words.states[set.state]}</StatusMark>
        {set.state !== 'gone' && <span className={styles.under}>{words.wholeOf(whole, set.files_expected)}</span>}
      </Table.Td>
      <Table.Td>
        <ul className={styles.plain}>
          {set.files.map((file) => (
            <li key={file.id}>
              <OutsideText>{file.name}</OutsideText> <span className="dim">{file.complete ? formatBytes(file.bytes) : words.part(file.received, file.bytes)}</span>
            </li>
          ))}
        </ul>
      </Table.Td>
      <Table.Td className="nowrap">{formatMinute(set.completed_at ?? set.created_at)}</Table.Td>
    </Table.Tr>
  );
}
