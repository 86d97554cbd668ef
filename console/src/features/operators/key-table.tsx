import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Key } from '~/api/operator-types';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { Failed } from './failed';
import { LimitsDialog } from './limits-dialog';
import { keysQuery, type KeyFilter } from './queries';
import { RevokeDialog } from './revoke-dialog';
import { RotateDialog } from './rotate-dialog';
import styles from './operators.module.css';

const words = texts.keys;

interface Props {
  filter: KeyFilter;
  showOrg?: boolean;
  empty: ReactNode;
}
interface Chosen {
  key: Key;
  what: 'rotate' | 'revoke' | 'limits';
}

export function KeyTable({ filter, showOrg = false, empty }: Props) {
  const list = useInfiniteQuery(keysQuery(filter));
  const [chosen, setChosen] = useState<Chosen | null>(null);
  if (list.isPending) return <Skeleton height={120} role="status" aria-label={words.loading} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const keys = list.data.pages.flatMap((page) => page.data);
  const close = () => setChosen(null);
  return (
    <>
      {keys.length === 0 ? (
        empty
      ) : (
        <div className={styles.scroll} role="region" aria-label={words.label} tabIndex={0}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.columns.application}</Table.Th>
                <Table.Th>{words.columns.key}</Table.Th>
                {showOrg && <Table.Th>{words.columns.org}</Table.Th>}
                <Table.Th>{words.columns.scopes}</Table.Th>
                <Table.Th>{words.columns.used}</Table.Th>
                <Table.Th>{words.columns.state}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{texts.actionsColumn}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.map((key) => (
                <KeyRow key={key.id} item={key} showOrg={showOrg} onChoose={(what) => setChosen({ key, what })} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {list.hasNextPage && (
        <Button size="xs" variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {common.more}
        </Button>
      )}
      {chosen?.what === 'rotate' && <RotateDialog item={chosen.key} onClose={close} />}
      {chosen?.what === 'revoke' && <RevokeDialog item={chosen.key} onClose={close} />}
      {chosen?.what === 'limits' && <LimitsDialog item={chosen.key} onClose={close} />}
    </>
  );
}

const hasLimits = (key: Key): boolean => Object.values(key.limits ?? {}).some((value) => value !== null);

function KeyRow({ item, showOrg, onChoose }: { item: Key; showOrg: boolean; onChoose: (what: Chosen['what']) => void }) {
  const now = useNow();
  const ended = Boolean(item.revoked_at) || (item.expires_at ? Date.parse(item.expires_at) <= now : false);
  return (
    <Table.Tr>
      <Table.Td>
        <OutsideText>{item.application}</OutsideText>
        {item.name && <span className={styles.under}>{item.name}</span>}
      </Table.Td>
      <Table.Td>
        <code>{item.hint}…</code>
        {hasLimits(item) && <span className={styles.under}>{words.hasLimits}</span>}
      </Table.Td>
      {showOrg && <Table.Td>{item.all_orgs ? texts.all : item.org}</Table.Td>}
      <Table.Td>{item.scopes.map((scope) => words.scopes[scope]).join(', ')}</Table.Td>
      <Table.Td className="nowrap">
        {item.last_used_at ? (
          <time dateTime={item.last_used_at} title={formatMinute(item.last_used_at)}>
            {formatRelative(item.last_used_at, now)}
          </time>
        ) : (
          <span className="dim">{texts.never}</span>
        )}
      </Table.Td>
      <Table.Td>
        <KeyState item={item} now={now} />
      </Table.Td>
      <Table.Td className={styles.actions ?? ''}>
        {!ended && (
          <span className={styles.actionsRow}>
            <Button size="compact-xs" variant="default" aria-label={words.limitsOf(item.application)} onClick={() => onChoose('limits')}>
              {words.limits}
            </Button>
            {!item.replaced_by && (
              <Button size="compact-xs" variant="default" aria-label={words.rotateOf(item.application)} onClick={() => onChoose('rotate')}>
                {words.rotate}
              </Button>
            )}
            <Button size="compact-xs" variant="default" aria-label={words.revokeOf(item.application)} onClick={() => onChoose('revoke')}>
              {words.revoke}
            </Button>
          </span>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function KeyState({ item, now }: { item: Key; now: number }) {
  const { state } = words;
  if (item.revoked_at) return <StatusMark tone="quiet">{state.revoked(item.revoked_at)}</StatusMark>;
  if (!item.expires_at) return <StatusMark tone="good">{state.active}</StatusMark>;
  if (Date.parse(item.expires_at) <= now) return <StatusMark tone="quiet">{state.expired(item.expires_at)}</StatusMark>;
  if (item.replaced_by) return <StatusMark tone="warn">{state.replaced(item.expires_at)}</StatusMark>;
  return <StatusMark tone="good">{state.expires(item.expires_at)}</StatusMark>;
}
