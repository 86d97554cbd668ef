import { Button, Modal, Skeleton, Table, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { DataPackColumn, OrgDataPack } from '~/api/types';
import { packsQuery, runsQuery, useStartRuns } from '~/features/data-packs/queries';
import { Comparisons } from '~/features/data-packs/shared/compared';
import { Failed, Refused } from '~/features/data-packs/shared/failed';
import { RunsTable } from '~/features/data-packs/shared/runs-table';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatMinute } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/data-packs';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { BackfillProgress } from './backfill-progress';
import { FormerName, PackFacts } from './packs-page';

interface Props {
  org: string;
  id: string;
  back: ReactNode;
  notFound: ReactNode;
  destinationLink: (content: ReactNode) => ReactNode;
}

export function PackPage({ org, id, back, notFound, destinationLink }: Props) {
  const list = useQuery(packsQuery(org));
  const pack = list.data?.data.find((item) => item.id === id);
  if (list.data && !pack) return notFound;
  return (
    <Page title={pack?.name ?? texts.title} crumb={back} aside={pack && <StartButtons org={org} pack={pack} />} intro={pack?.description}>
      {list.isPending && <Skeleton height={240} role="status" aria-label={texts.loading} />}
      {list.isError && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {pack && <Body {...{ org, pack, destinationLink }} />}
    </Page>
  );
}

function Body({ org, pack, destinationLink }: { org: string; pack: OrgDataPack } & Pick<Props, 'destinationLink'>) {
  return (
    <>
      <Panel>
        {pack.former_name && (
          <p className={styles.small}>
            <FormerName name={pack.former_name} />
          </p>
        )}
        <PackFacts pack={pack} destinationLink={destinationLink} />
        <Comparisons comparisons={pack.comparisons} />
      </Panel>
      <Panel title={texts.runs.title}>
        <Runs org={org} pack={pack} />
      </Panel>
      <Panel title={texts.columns.title}>
        <Columns columns={pack.columns} />
      </Panel>
      <Panel title={texts.howTo.title}>
        <HowTo pack={pack} />
      </Panel>
    </>
  );
}

function Runs({ org, pack }: { org: string; pack: OrgDataPack }) {
  const list = useInfiniteQuery(runsQuery(org, pack.id));
  if (list.isPending) return <Skeleton height={120} role="status" aria-label={texts.runs.loading} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const runs = list.data.pages.flatMap((page) => page.data);
  if (runs.length === 0) {
    return (
      <EmptyState title={texts.runs.none}>
        <p>{texts.runs.noneText(pack.next_run_at && formatMinute(pack.next_run_at))}</p>
      </EmptyState>
    );
  }
  const more = list.hasNextPage ? { isLoading: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : undefined;
  return (
    <>
      <BackfillProgress org={org} pack={pack.id} runs={runs} />
      <RunsTable label={texts.runs.title} runs={runs} more={more} />
    </>
  );
}

export function Columns({ columns }: { columns: DataPackColumn[] }) {
  if (columns.length === 0) return <p className="dim">{texts.columns.none}</p>;
  return (
    <div className={styles.scroll}>
      <Table className={styles.numbers ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.columns.name}</Table.Th>
            <Table.Th>{texts.columns.type}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column) => (
            <Table.Tr key={column.name}>
              <Table.Td>
                <code>{column.name}</code>
              </Table.Td>
              <Table.Td>
                {column.type.replace('_', ' ')}
                {column.precision ? ` (${column.precision}, ${column.scale ?? 0})` : ''}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function HowTo({ pack }: { pack: OrgDataPack }) {
  const place = pack.places[0] ?? `${pack.id}/`;
  const commands = place.startsWith('s3://') ? [`aws s3 cp ${place}latest.json -`, `aws s3 cp --recursive ${place}run=…/ .`] : [`sftp> get ${place.replace(/^sftp:\/\/[^/]*\//, '')}latest.json`];
  return (
    <>
      <ul className={styles.list}>
        {texts.howTo.points(place).map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <pre className={styles.example} tabIndex={0} aria-label={texts.howTo.example}>
        {commands.join('\n')}
      </pre>
    </>
  );
}

function StartButtons({ org, pack }: { org: string; pack: OrgDataPack }) {
  const [asks, setAsks] = useState<'now' | 'backfill' | null>(null);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const start = useStartRuns();
  const close = () => setAsks(null);
  const open = (what: 'now' | 'backfill') => {
    start.reset();
    setAsks(what);
  };
  const isReady = asks === 'now' || (from !== '' && to !== '' && from < to);
  const body = asks === 'backfill' ? { from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` } : {};
  return (
    <>
      <span role="status" className="dim">
        {start.isSuccess ? texts.begun(start.data.data.length) : ''}
      </span>
      <Button variant="default" onClick={() => open('backfill')}>
        {texts.backfill}
      </Button>
      <Button onClick={() => open('now')}>{texts.runNow}</Button>
      <Modal opened={asks !== null} onClose={close} title={asks === 'backfill' ? texts.backfillTitle : texts.runNowTitle} closeButtonProps={{ 'aria-label': common.close }}>
        <div className={styles.stack}>
          <p>{asks === 'backfill' ? texts.backfillText : texts.runNowText}</p>
          {asks === 'backfill' && (
            <>
              <TextInput type="date" label={texts.backfillFrom} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
              <TextInput type="date" label={texts.backfillTo} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
            </>
          )}
          <Refused error={start.error} />
          <div className={styles.buttons}>
            <Button variant="default" onClick={close}>
              {common.cancel}
            </Button>
            <Button disabled={!isReady} loading={start.isPending} onClick={() => start.mutate({ org, pack: pack.id, body }, { onSuccess: close })}>
              {asks === 'backfill' ? texts.begin : texts.runNow}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
