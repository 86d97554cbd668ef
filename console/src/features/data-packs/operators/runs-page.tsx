import { NativeSelect, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { DataPackRun } from '~/api/types';
import { Failed } from '~/features/data-packs/shared/failed';
import { RunsTable } from '~/features/data-packs/shared/runs-table';
import styles from '~/features/data-packs/data-packs.module.css';
import { texts as customer } from '~/texts/data-packs';
import { texts } from '~/texts/pack-operations';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { allRunsQuery } from './queries';

const words = texts.runs;
const states = Object.entries(customer.runs.states).map(([value, label]) => ({ value, label }));

interface Props {
  tabs: ReactNode;
  packLink: (pack: string, content: ReactNode) => ReactNode;
  orgLink: (org: string, content: ReactNode) => ReactNode;
}

export function AllRunsPage({ tabs, packLink, orgLink }: Props) {
  const [state, setState] = useState<DataPackRun['state'] | null>(null);
  return (
    <Page title={texts.title} intro={texts.intro}>
      {tabs}
      <Panel title={words.title}>
        <NativeSelect className={styles.search ?? ''} label={words.state} value={state ?? ''} data={[{ value: '', label: words.all }, ...states]} onChange={(event) => setState((event.currentTarget.value || null) as DataPackRun['state'] | null)} />
        <Runs key={state} state={state} packLink={packLink} orgLink={orgLink} />
      </Panel>
    </Page>
  );
}

function Runs({ state, packLink, orgLink }: Omit<Props, 'tabs'> & { state: DataPackRun['state'] | null }) {
  const list = useInfiniteQuery(allRunsQuery(state));
  if (list.isPending) return <Skeleton height={160} role="status" aria-label={customer.runs.loading} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const runs = list.data.pages.flatMap((page) => page.data);
  if (runs.length === 0) return <EmptyState title={state ? words.none : customer.runs.none} />;
  const more = list.hasNextPage ? { isLoading: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : undefined;
  return <RunsTable label={words.title} runs={runs} isOperator orgLink={orgLink} packLink={packLink} more={more} />;
}
