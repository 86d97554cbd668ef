import { Button, SegmentedControl, Skeleton, Table } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedAction } from '~/api/operator-types';
import { formatCount } from '~/lib/format';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { OutsideText } from '~/ui/outside-text';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { ActionDialog } from './action-dialog';
import { Failed } from './failed';
import { actionsQuery, type ActionStatus } from './queries';
import { SchemasDialog } from './schemas-dialog';
import styles from './operators.module.css';

const words = texts.actions;
const statuses: ActionStatus[] = ['all', 'registered', 'unregistered', 'never_seen'];

interface Chosen {
  action: ListedAction | null; // null: a new one
  what: 'edit' | 'schemas';
}

export function ActionsPage() {
  const [status, setStatus] = useState<ActionStatus>('all');
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [done, setDone] = useState('');
  const isNarrow = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false });
  const list = useInfiniteQuery(actionsQuery(status));
  const actions = list.data?.pages.flatMap((page) => page.data) ?? [];
  const close = () => setChosen(null);
  return (
    <Page title={words.title} intro={words.intro} aside={<Button onClick={() => setChosen({ action: null, what: 'edit' })}>{words.create}</Button>}>
      <p role="status" className={styles.status}>
        {done && <StatusMark tone="good">{done}</StatusMark>}
      </p>
      <Panel>
        <div className={styles.tools}>
          <SegmentedControl aria-label={words.statusLabel} orientation={isNarrow ? 'vertical' : 'horizontal'} fullWidth={isNarrow} value={status} onChange={setStatus} data={statuses.map((value) => ({ value, label: words.status[value] }))} />
        </div>
        {list.isPending && <Skeleton height={240} role="status" aria-label={words.loading} />}
        {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
        {list.isSuccess && actions.length === 0 && <EmptyState title={words.none[status]}>{words.noneAdvice}</EmptyState>}
        {actions.length > 0 && <ActionTable actions={actions} onChoose={(action, what) => setChosen({ action, what })} />}
        {list.hasNextPage && (
          <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {common.more}
          </Button>
        )}
      </Panel>
      {chosen?.what === 'edit' && <ActionDialog action={chosen.action} onClose={close} onDone={setDone} />}
      {chosen?.what === 'schemas' && chosen.action && <SchemasDialog action={chosen.action.action} onClose={close} />}
    </Page>
  );
}

function ActionTable({ actions, onChoose }: { actions: ListedAction[]; onChoose: (action: ListedAction, what: Chosen['what']) => void }) {
  const now = useNow();
  const { columns } = words;
  return (
    <div className={styles.scroll} role="region" aria-label={words.label} tabIndex={0}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.action}</Table.Th>
            <Table.Th>{columns.area}</Table.Th>
            <Table.Th>{columns.category}</Table.Th>
            <Table.Th>{columns.schema}</Table.Th>
            <Table.Th className={styles.number ?? ''}>{columns.events}</Table.Th>
            <Table.Th>{columns.last}</Table.Th>
            <Table.Th>
              <span className="visually-hidden">{texts.actionsColumn}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {actions.map((item) => (
            <Table.Tr key={item.action}>
              <Table.Td>
                <OutsideText>{item.label ?? item.action}</OutsideText>
                {item.registered ? (
                  <span className={styles.under}>{item.action}</span>
                ) : (
                  <span className={styles.under}>
                    <StatusMark tone="warn">{words.unregistered}</StatusMark>
                  </span>
                )}
              </Table.Td>
              <Table.Td>{item.area ?? ''}</Table.Td>
              <Table.Td>{categoryName(item.category)}</Table.Td>
              <Table.Td>
                {item.schema_version ? (
                  <Button size="compact-xs" variant="default" aria-label={words.schemasOf(item.action, item.schema_version)} onClick={() => onChoose(item, 'schemas')}>
                    {words.schema(item.schema_version)}
                  </Button>
                ) : (
                  <span className="dim">{words.noSchema}</span>
                )}
              </Table.Td>
              <Table.Td className={styles.number ?? ''}>{formatCount(item.events)}</Table.Td>
              <Table.Td className="nowrap">
                {item.last_seen_at ? (
                  <time dateTime={item.last_seen_at} title={formatMinute(item.last_seen_at)}>
                    {formatRelative(item.last_seen_at, now)}
                  </time>
                ) : (
                  <StatusMark tone="quiet">{words.neverSeen}</StatusMark>
                )}
              </Table.Td>
              <Table.Td className={styles.actions ?? ''}>
                <Button size="compact-xs" variant="default" aria-label={item.registered ? words.editOf(item.action) : words.registerOf(item.action)} onClick={() => onChoose(item, 'edit')}>
                  {item.registered ? words.edit : words.register}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function categoryName(category: string | null | undefined): string {
  if (!category) return '';
  return (words.category as Record<string, string>)[category] ?? category;
}
