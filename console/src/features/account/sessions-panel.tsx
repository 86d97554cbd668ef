import { Button, Skeleton, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { MySession } from '~/api/types';
import { formatMinute, formatRelative } from '~/lib/time';
import { browserName } from '~/lib/user-agent';
import { texts } from '~/texts/account';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { ErrorState } from '~/ui/states';
import { useNow } from '~/ui/use-now';
import { mySessionsQuery, useEndSession } from './queries';
import styles from './account.module.css';

const words = texts.sessions;

export function SessionsPanel() {
  return (
    <Panel title={words.title}>
      <p className={styles.text}>{words.intro}</p>
      <Body />
    </Panel>
  );
}

function Body(): ReactNode {
  const list = useQuery(mySessionsQuery);
  const end = useEndSession();
  if (list.isPending) return <Skeleton height={96} role="status" aria-label={words.loading} />;
  if (list.isError) {
    const requestId = list.error instanceof ApiError ? list.error.requestId : undefined;
    return <ErrorState {...describeError(list.error)} requestId={requestId} onRetry={() => void list.refetch()} />;
  }
  return (
    <>
      {end.isError && <ErrorNotice {...describeError(end.error)} />}
      <div className={styles.scroll} role="region" aria-label={words.list} tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.columns.where}</Table.Th>
              <Table.Th>{words.columns.how}</Table.Th>
              <Table.Th>{words.columns.ip}</Table.Th>
              <Table.Th>{words.columns.since}</Table.Th>
              <Table.Th>{words.columns.seen}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.columns.action}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.map((item) => (
              <Row key={item.id} session={item} isEnding={end.isPending && end.variables === item.id} end={() => end.mutate(item.id)} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}

function Row({ session, isEnding, end }: { session: MySession; isEnding: boolean; end: () => void }) {
  const now = useNow();
  const where = browserName(session.user_agent) || words.unknown;
  return (
    <Table.Tr>
      <Table.Td title={session.user_agent ?? undefined} className="nowrap">
        {where}
      </Table.Td>
      <Table.Td>
        {words.methods[session.method]}
        {session.org && <span className="dim"> {words.onlyOrg(session.org)}</span>}
      </Table.Td>
      <Table.Td className="figures">{session.ip}</Table.Td>
      <Table.Td className="figures nowrap">{formatMinute(session.created_at).replace(' UTC', '')}</Table.Td>
      <Table.Td className="figures nowrap">{formatRelative(session.last_seen_at, Math.max(now, Date.parse(session.last_seen_at)))}</Table.Td>
      <Table.Td>
        {session.current ? (
          <span className="dim nowrap">{words.here}</span>
        ) : (
          <Button size="compact-xs" variant="default" loading={isEnding} aria-label={words.endOf(where)} onClick={end}>
            {words.end}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
