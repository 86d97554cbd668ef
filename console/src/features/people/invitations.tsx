import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ApiError, describeError } from '~/api/errors';
import type { Invitation } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { ErrorNotice } from '~/ui/error-notice';
import { OutsideText } from '~/ui/outside-text';
import { Panel } from '~/ui/page';
import { ErrorState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { invitationsQuery, useResend, useRevoke } from './queries';
import styles from './people.module.css';

interface Props {
  org: string;
  onDone: (sentence: string) => void;
}

const words = texts.invitations;

// Who was invited and has not come yet; nothing when there is nobody.
export function Invitations({ org, onDone }: Props) {
  const list = useInfiniteQuery(invitationsQuery(org));
  const resend = useResend(org);
  const revoke = useRevoke(org);
  if (list.isPending) return <Skeleton height={80} role="status" aria-label={words.loading} />;
  if (list.isError) {
    const requestId = list.error instanceof ApiError ? list.error.requestId : undefined;
    return <ErrorState {...describeError(list.error)} requestId={requestId} onRetry={() => void list.refetch()} />;
  }
  const invitations = list.data.pages.flatMap((page) => page.data);
  const error = resend.error ?? revoke.error;
  if (invitations.length === 0) return null;
  return (
    <Panel title={words.title}>
      {error && <ErrorNotice {...describeError(error)} />}
      <div className={styles.scroll} role="region" aria-label={words.label} tabIndex={0}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.columns.email}</Table.Th>
              <Table.Th>{words.columns.role}</Table.Th>
              <Table.Th>{words.columns.by}</Table.Th>
              <Table.Th>{words.columns.state}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.columns.actions}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {invitations.map((item) => (
              <Row
                key={item.id}
                invitation={item}
                isBusy={(resend.isPending && resend.variables === item.id) || (revoke.isPending && revoke.variables === item.id)}
                onResend={() => resend.mutate(item.id, { onSuccess: () => onDone(words.resent(item.email)) })}
                onRevoke={() => revoke.mutate(item.id, { onSuccess: () => onDone(words.revoked(item.email)) })}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {list.hasNextPage && (
        <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Panel>
  );
}

interface RowProps {
  invitation: Invitation;
  isBusy: boolean;
  onResend: () => void;
  onRevoke: () => void;
}

function Row({ invitation, isBusy, onResend, onRevoke }: RowProps) {
  const { email, name, role, invited_by: by, expired, expires_at: until } = invitation;
  return (
    <Table.Tr>
      <Table.Td className={styles.person ?? ''}>
        {name && (
          <div className={styles.name}>
            <OutsideText>{name}</OutsideText>
          </div>
        )}
        <div className={name ? 'dim' : ''}>
          <OutsideText>{email}</OutsideText>
        </div>
      </Table.Td>
      <Table.Td>{texts.role[role]}</Table.Td>
      <Table.Td>
        <OutsideText>{by}</OutsideText>
      </Table.Td>
      <Table.Td className="figures">
        <StatusMark tone={expired ? 'warn' : 'quiet'}>{expired ? words.expired(until) : words.validUntil(until)}</StatusMark>
      </Table.Td>
      <Table.Td className={styles.actions ?? ''}>
        <Button size="compact-xs" variant="default" disabled={isBusy} aria-label={words.resendTo(email)} onClick={onResend}>
          {words.resend}
        </Button>{' '}
        <Button size="compact-xs" variant="default" disabled={isBusy} aria-label={words.revokeOf(email)} onClick={onRevoke}>
          {words.revoke}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
