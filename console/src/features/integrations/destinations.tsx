import { Button, Table, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Destination } from '~/api/types';
import { formatMinute } from '~/lib/time';
import { texts as integrations } from '~/texts/integrations';
import { texts } from '~/texts/s3';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { DeliveriesTable } from './deliveries-table';
import { placeOf, stateWords } from './status';
import styles from './integrations.module.css';

const words = texts.destinations;

const nameOf = (destination: Destination): string => placeOf(destination) ?? integrations.draftOf(destination.id);

// Where an organization has several: all of them with their state, one of them shown below.
export function Destinations({ list, shown, onShow }: { list: Destination[]; shown: string; onShow: (id: string) => void }) {
  return (
    <Panel title={words.title}>
      <p className={styles.lead}>{words.lead}</p>
      <div className={styles.scroll} role="group" aria-label={words.title} tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {Object.values(words.columns).map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.map((item) => {
              const { tone, word } = stateWords(item.state);
              return (
                <Table.Tr key={item.id} data-shown={item.id === shown || undefined} className={styles.destination ?? ''}>
                  <Table.Td>
                    <UnstyledButton fz="inherit" c="var(--mantine-color-anchor)" aria-current={item.id === shown ? 'true' : undefined} aria-label={words.show(nameOf(item))} onClick={() => onShow(item.id)}>
                      {nameOf(item)}
                    </UnstyledButton>
                    {item.id === shown && <span className="dim"> {words.shown}</span>}
                  </Table.Td>
                  <Table.Td>
                    <StatusMark tone={tone}>{word}</StatusMark>
                  </Table.Td>
                  <Table.Td className="figures nowrap">{item.delivered_until ? formatMinute(item.delivered_until) : ''}</Table.Td>
                  <Table.Td>{integrations.settings[item.frequency]}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}

// What was disconnected: its deliveries stay to be seen.
export function EarlierDestinations({ org, list }: { org: string; list: Destination[] }) {
  const [shown, setShown] = useState<string | null>(null);
  if (list.length === 0) return null;
  const destination = list.find(({ id }) => id === shown);
  return (
    <>
      <Panel title={words.history}>
        <p className={styles.lead}>{words.historyLead}</p>
        <ul className={styles.list}>
          {list.map((item) => (
            <li key={item.id}>
              {nameOf(item)}{' '}
              <Button size="compact-xs" variant="default" aria-expanded={item.id === shown} aria-label={words.showHistory(nameOf(item))} onClick={() => setShown(item.id === shown ? null : item.id)}>
                {texts.tabs.deliveries}
              </Button>
            </li>
          ))}
        </ul>
      </Panel>
      {destination && <DeliveriesTable org={org} destination={destination} />}
    </>
  );
}
