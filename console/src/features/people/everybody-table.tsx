import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AnyPerson } from '~/api/operator-types';
import { texts } from '~/texts/people';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { LastSignIn } from './last-sign-in';
import { OperateButtons } from './operate-buttons';
import type { OperatorAction } from './operator-dialog';
import styles from './people.module.css';

const words = texts.list;

interface Props {
  people: AnyPerson[];
  self: string;
  first: string | undefined; // the organization that is shown first
  orgLink: (org: string, content: ReactNode) => ReactNode;
  onOperate: (kind: OperatorAction['kind'], person: AnyPerson) => void;
}

export function EverybodyTable({ people, self, first, orgLink, onOperate }: Props) {
  return (
    <div className={`${styles.scroll ?? ''} ${styles.wide ?? ''}`} role="region" aria-label={words.label} tabIndex={0}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.columns.person}</Table.Th>
            <Table.Th>{texts.everybody.orgs}</Table.Th>
            <Table.Th>{words.columns.factor}</Table.Th>
            <Table.Th>{words.columns.lastSignIn}</Table.Th>
            <Table.Th>{texts.everybody.since}</Table.Th>
            <Table.Th>
              <span className="visually-hidden">{words.columns.actions}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.id}>
              <Table.Td className={styles.person ?? ''}>
                <div className={styles.name}>
                  <OutsideText>{person.name}</OutsideText>
                  {person.id === self && <span className="dim"> ({words.you})</span>}
                </div>
                <div className="dim">
                  <OutsideText>{person.email}</OutsideText>
                </div>
                {person.disabled && <StatusMark tone="bad">{texts.everybody.disabled}</StatusMark>}
              </Table.Td>
              <Table.Td>
                <Orgs person={person} first={first} orgLink={orgLink} />
              </Table.Td>
              <Table.Td>
                <StatusMark tone={person.second_factor ? 'good' : 'quiet'}>{person.second_factor ? words.factorOn : words.factorOff}</StatusMark>
              </Table.Td>
              <Table.Td className="figures nowrap">
                <LastSignIn time={person.last_sign_in_at} />
              </Table.Td>
              <Table.Td className="figures nowrap">{words.since(person.created_at)}</Table.Td>
              <Table.Td className={styles.actions ?? ''}>
                <span className={styles.actionsRow}>{person.id !== self && <OperateButtons person={person} onOperate={(kind) => onOperate(kind, person)} />}</span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const orgsShown = 3;

function Orgs({ person, first, orgLink }: { person: AnyPerson } & Pick<Props, 'first' | 'orgLink'>) {
  const orgs = [...person.orgs].sort((a, b) => Number(b.id === first) - Number(a.id === first));
  const rest = orgs.length - orgsShown;
  return (
    <ul className={styles.orgs}>
      {person.operator && <li>{texts.everybody.operator}</li>}
      {orgs.slice(0, orgsShown).map(({ id, name, role }) => (
        <li key={id}>
          {orgLink(id, <OutsideText>{name}</OutsideText>)} <span className="dim">{texts.role[role]}</span>
        </li>
      ))}
      {rest > 0 && <li className="dim">{texts.everybody.moreOrgs(rest)}</li>}
      {!person.operator && orgs.length === 0 && <li className="dim">{texts.everybody.noOrg}</li>}
    </ul>
  );
}
