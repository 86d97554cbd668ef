import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { AnyPerson } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { Page, Panel } from '~/ui/page';
import { EmptyState, ErrorState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { EverybodyFilters } from './everybody-filters';
import { isNarrowed, type EverybodySearch } from './everybody-search';
import { EverybodyTable } from './everybody-table';
import { OperatorDialog, type OperatorAction } from './operator-dialog';
import { everybodyQuery } from './queries';
import styles from './people.module.css';

const words = texts.everybody;

interface Props {
  self: string; // the id of the operator who looks
  search: EverybodySearch;
  setSearch: (search: EverybodySearch) => void;
  orgLink: (org: string, content: ReactNode) => ReactNode;
}

// All operators and all people over all organizations.
export function EverybodyPage({ self, search, setSearch, orgLink }: Props) {
  const list = useInfiniteQuery(everybodyQuery(search));
  const [done, setDone] = useState('');
  const [operated, setOperated] = useState<OperatorAction | null>(null);
  const people: AnyPerson[] = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page title={words.title} intro={words.intro}>
      <p role="status" className={styles.status}>
        {done && <StatusMark tone="good">{done}</StatusMark>}
      </p>
      <Panel>
        <EverybodyFilters search={search} setSearch={setSearch} />
        {list.isPending && <Skeleton height={240} role="status" aria-label={texts.loading} />}
        {list.isError && <ErrorState {...describeError(list.error)} requestId={list.error instanceof ApiError ? list.error.requestId : undefined} onRetry={() => void list.refetch()} />}
        {list.isSuccess && people.length === 0 && <EmptyState title={words.noneFound}>{isNarrowed(search) && words.noneFoundAdvice}</EmptyState>}
        {people.length > 0 && <EverybodyTable people={people} self={self} first={search.org} orgLink={orgLink} onOperate={(kind, person) => setOperated({ kind, person })} />}
        {list.hasNextPage && (
          <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {common.more}
          </Button>
        )}
      </Panel>
      {operated && <OperatorDialog action={operated} onClose={() => setOperated(null)} onDone={setDone} />}
    </Page>
  );
}
