import { Button, Skeleton, Table, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState, type ReactNode } from 'react';
import { ownOrg } from '~/api/looks';
import type { Org } from '~/api/operator-types';
import { formatCount } from '~/lib/format';
import { formatRelative } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { SearchIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { useNow } from '~/ui/use-now';
import { Failed } from './failed';
import { NewOrgDialog } from './org-dialog';
import { orgsQuery } from './queries';
import styles from './operators.module.css';

const words = texts.orgs;

interface Props {
  orgLink: (org: string, content: ReactNode) => ReactNode;
  onCreated: (org: string) => void;
}

export function OrgsPage({ orgLink, onCreated }: Props) {
  const [text, setText] = useState('');
  const [isNew, setIsNew] = useState(false);
  const q = useDeferredValue(text.trim());
  const list = useInfiniteQuery(orgsQuery(q));
  const orgs = (list.data?.pages.flatMap((page) => page.data) ?? []).filter((org) => org.id !== ownOrg);
  return (
    <Page title={words.title} intro={words.intro} aside={<Button onClick={() => setIsNew(true)}>{words.create}</Button>}>
      <Panel>
        <div className={styles.tools}>
          <TextInput
            className={styles.search ?? ''}
            type="search"
            aria-label={words.search}
            placeholder={words.search}
            leftSection={<SearchIcon size={14} />}
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </div>
        {list.isPending && <Skeleton height={240} role="status" aria-label={words.loading} />}
        {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
        {list.isSuccess && orgs.length === 0 && (
          <EmptyState title={q ? words.noneFound(q) : words.noneYet}>{q ? words.noneFoundAdvice : words.noneYetAdvice}</EmptyState>
        )}
        {orgs.length > 0 && <OrgTable orgs={orgs} orgLink={orgLink} />}
        {list.hasNextPage && (
          <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {common.more}
          </Button>
        )}
      </Panel>
      {isNew && <NewOrgDialog onClose={() => setIsNew(false)} onCreated={onCreated} />}
    </Page>
  );
}

const features = ['audit_logs', 'data_packs', 's3'] as const;

function OrgTable({ orgs, orgLink }: { orgs: Org[]; orgLink: Props['orgLink'] }) {
  const now = useNow();
  const { columns } = words;
  return (
    <div className={styles.scroll} role="region" aria-label={words.label} tabIndex={0}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.org}</Table.Th>
            <Table.Th>{columns.enabled}</Table.Th>
            <Table.Th className={styles.number ?? ''}>{columns.window}</Table.Th>
            <Table.Th className={styles.number ?? ''}>{columns.retention}</Table.Th>
            <Table.Th className={styles.number ?? ''}>{columns.day}</Table.Th>
            <Table.Th className={styles.number ?? ''}>{columns.entries}</Table.Th>
            <Table.Th>{columns.last}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {orgs.map((org) => {
            const enabled = features.filter((item) => org.entitlements[item]).map((item) => words.features[item]);
            const last = org.activity?.last_received_at;
            return (
              <Table.Tr key={org.id}>
                <Table.Td>
                  {orgLink(org.id, <OutsideText>{org.name}</OutsideText>)}
                  <span className={styles.under}>{org.id}</span>
                </Table.Td>
                <Table.Td>{enabled.length > 0 ? enabled.join(', ') : <span className="dim">{words.nothingEnabled}</span>}</Table.Td>
                <Table.Td className={styles.number ?? ''}>{words.days(org.viewing_window_days)}</Table.Td>
                <Table.Td className={styles.number ?? ''}>{words.days(org.retention_days)}</Table.Td>
                <Table.Td className={styles.number ?? ''}>{formatCount(org.activity?.entries_last_day ?? 0)}</Table.Td>
                <Table.Td className={styles.number ?? ''}>{formatCount(org.activity?.entries ?? 0)}</Table.Td>
                <Table.Td className="nowrap">{last ? <time dateTime={last}>{formatRelative(last, now)}</time> : <span className="dim">{words.noEntry}</span>}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
