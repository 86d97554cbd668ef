import { Button, Skeleton, Table, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { DataPack } from '~/api/operator-types';
import { Failed } from '~/features/data-packs/shared/failed';
import { RunsTable } from '~/features/data-packs/shared/runs-table';
import { formatWords, isNamed, scheduleWords } from '~/features/data-packs/shared/words';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatCount } from '~/lib/format';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts as customer } from '~/texts/data-packs';
import { texts } from '~/texts/pack-operations';
import { OutsideText } from '~/ui/outside-text';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { allPacksQuery, allRunsQuery } from './queries';

const words = texts.packs;
export const packTones: Record<DataPack['state'], Tone> = { draft: 'quiet', released: 'good', held: 'warn' };

interface Props {
  tabs: ReactNode;
  packLink: (pack: string, content: ReactNode) => ReactNode;
  orgLink: (org: string, content: ReactNode) => ReactNode;
  onCreate: () => void;
}

export function AllPacksPage({ tabs, packLink, orgLink, onCreate }: Props) {
  return (
    <Page title={texts.title} intro={texts.intro} aside={<Button onClick={onCreate}>{words.create}</Button>}>
      {tabs}
      <Held packLink={packLink} orgLink={orgLink} />
      <AllPacks packLink={packLink} />
    </Page>
  );
}

// What waits for an operator comes first.
function Held({ packLink, orgLink }: Pick<Props, 'packLink' | 'orgLink'>) {
  const list = useInfiniteQuery(allRunsQuery('held'));
  const runs = list.data?.pages.flatMap((page) => page.data) ?? [];
  if (runs.length === 0) return null;
  return (
    <Panel title={texts.runs.heldFirst(runs.length)}>
      <RunsTable label={texts.runs.heldFirst(runs.length)} runs={runs} isOperator orgLink={orgLink} packLink={packLink} />
    </Panel>
  );
}

function AllPacks({ packLink }: Pick<Props, 'packLink'>) {
  const list = useQuery(allPacksQuery);
  const [text, setText] = useState('');
  const now = useNow();
  if (list.isPending) return <Skeleton height={160} role="status" aria-label={words.loading} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.data.length === 0) {
    return (
      <EmptyState title={words.none}>
        <p>{words.noneText}</p>
      </EmptyState>
    );
  }
  return (
    <Panel>
      <TextInput type="search" className={styles.search ?? ''} label={words.search} description={customer.searchHint} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <div className={styles.scroll} role="group" aria-label={words.label} tabIndex={0}>
        <Table className={styles.runs ?? ''} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {Object.values(words.columns).map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.data
              .filter((pack) => isNamed(text, pack))
              .map((pack) => (
                <Table.Tr key={pack.id}>
                  <Table.Td>
                    {packLink(pack.id, <OutsideText>{pack.name}</OutsideText>)}
                    {pack.former_name && <span className={styles.under}>{customer.formerlyOf(pack.former_name)}</span>}
                  </Table.Td>
                  <Table.Td>
                    <StatusMark tone={packTones[pack.state]}>{words.states[pack.state]}</StatusMark>
                    {pack.pending && pack.state !== 'draft' && <span className={styles.under}>{words.pending}</span>}
                  </Table.Td>
                  <Table.Td>{pack.source.id}</Table.Td>
                  <Table.Td>{formatWords(pack.format)}</Table.Td>
                  <Table.Td>{scheduleWords(pack.schedule)}</Table.Td>
                  <Table.Td className="figures">{formatCount(pack.organizations.length)}</Table.Td>
                  <Table.Td className="figures">{pack.held_runs > 0 ? <StatusMark tone="warn">{formatCount(pack.held_runs)}</StatusMark> : 0}</Table.Td>
                  <Table.Td className="figures nowrap">{pack.next_run_at && <time title={formatMinute(pack.next_run_at)}>{formatRelative(pack.next_run_at, now)}</time>}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}
