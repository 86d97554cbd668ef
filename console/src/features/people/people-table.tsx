import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Person } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { ErrorNotice } from '~/ui/error-notice';
import { ErrorState } from '~/ui/states';
import { PersonRow } from './person-row';
import { OperatorDialog, type OperatorAction } from './operator-dialog';
import { peopleQuery, useChangeRole } from './queries';
import { RemoveDialog } from './remove-dialog';
import type { PeopleOrg } from './roles';
import styles from './people.module.css';

interface Props {
  org: PeopleOrg;
  self: string;
  onDone: (sentence: string) => void;
  isOperated?: boolean; // seen by an operator
}

const words = texts.list;

export function PeopleTable({ org, self, onDone, isOperated = false }: Props): ReactNode {
  const list = useInfiniteQuery(peopleQuery(org.id));
  const changeRole = useChangeRole(org.id);
  const [leaving, setLeaving] = useState<Person | null>(null);
  const [operated, setOperated] = useState<OperatorAction | null>(null);
  if (list.isPending) return <Skeleton height={160} role="status" aria-label={texts.loading} />;
  if (list.isError) {
    const requestId = list.error instanceof ApiError ? list.error.requestId : undefined;
    return <ErrorState {...describeError(list.error)} requestId={requestId} onRetry={() => void list.refetch()} />;
  }
  const people = list.data.pages.flatMap((page) => page.data);
  if (people.length === 0) return <p className="dim">{isOperated ? words.nobodyYet : words.nobody}</p>;
  return (
    <>
      {changeRole.isError && <ErrorNotice {...describeError(changeRole.error)} />}
      <div className={styles.scroll} role="region" aria-label={words.label} tabIndex={0}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.columns.person}</Table.Th>
              <Table.Th>{words.columns.role}</Table.Th>
              <Table.Th>{words.columns.factor}</Table.Th>
              <Table.Th>{words.columns.lastSignIn}</Table.Th>
              <Table.Th>{words.columns.since}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.columns.actions}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                own={org.role}
                isSelf={person.id === self}
                isBusy={changeRole.isPending && changeRole.variables.id === person.id}
                onRole={(role) => changeRole.mutate({ id: person.id, role }, { onSuccess: () => onDone(texts.changed(person.name, role)) })}
                onRemove={() => setLeaving(person)}
                onOperate={isOperated && person.id !== self ? (kind) => setOperated({ kind, person }) : undefined}
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
      {operated && <OperatorDialog action={operated} onClose={() => setOperated(null)} onDone={onDone} />}
      {leaving && <RemoveDialog org={org} person={leaving} isSelf={leaving.id === self} onClose={() => setLeaving(null)} onDone={onDone} />}
    </>
  );
}
