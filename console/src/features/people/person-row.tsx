import { Button, NativeSelect, Table } from '@mantine/core';
import type { Person, Role } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/people';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { LastSignIn } from './last-sign-in';
import { OperateButtons } from './operate-buttons';
import type { OperatorAction } from './operator-dialog';
import { grantable, mayChange } from './roles';
import styles from './people.module.css';

interface Props {
  person: Person;
  own: Role;
  isSelf: boolean;
  isBusy: boolean;
  onRole: (role: Role) => void;
  onRemove: () => void;
  onOperate?: ((kind: OperatorAction['kind']) => void) | undefined; // what only operators may
}

const words = texts.list;

export function PersonRow({ person, own, isSelf, isBusy, onRole, onRemove, onOperate }: Props) {
  const canChange = mayChange(own, person.role);
  return (
    <Table.Tr>
      <Table.Td className={styles.person ?? ''}>
        <div className={styles.name}>
          <OutsideText>{person.name}</OutsideText>
          {isSelf && <span className="dim"> ({words.you})</span>}
        </div>
        <div className="dim">
          <OutsideText>{person.email}</OutsideText>
        </div>
        {person.disabled && <StatusMark tone="bad">{words.disabled}</StatusMark>}
      </Table.Td>
      <Table.Td>
        {canChange ? (
          <NativeSelect
            size="xs"
            className={styles.role ?? ''}
            aria-label={words.roleOf(person.name)}
            value={person.role}
            disabled={isBusy}
            data={grantable(own).map((role) => ({ value: role, label: texts.role[role] }))}
            onChange={(event) => onRole(event.currentTarget.value as Role)}
          />
        ) : (
          <span title={words.onlyPrimary}>{texts.role[person.role]}</span>
        )}
      </Table.Td>
      <Table.Td>
        {person.second_factor !== undefined && <StatusMark tone={person.second_factor ? 'good' : 'quiet'}>{person.second_factor ? words.factorOn : words.factorOff}</StatusMark>}
      </Table.Td>
      <Table.Td className="figures nowrap">
        <LastSignIn time={person.last_sign_in_at} />
      </Table.Td>
      <Table.Td className="figures nowrap">{person.created_at && words.since(person.created_at)}</Table.Td>
      <Table.Td className={styles.actions ?? ''}>
        <span className={styles.actionsRow}>
          {onOperate && <OperateButtons person={person} onOperate={onOperate} />}
          {canChange && (
            <Button size="compact-xs" variant="default" aria-label={words.removePerson(person.name)} onClick={onRemove}>
              {common.remove}
            </Button>
          )}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}
