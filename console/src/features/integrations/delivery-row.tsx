import { Table, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Delivery, Destination } from '~/api/types';
import { formatBytes, formatCount } from '~/lib/format';
import { formatDuration, formatMinute } from '~/lib/time';
import { texts } from '~/texts/integrations';
import { texts as s3 } from '~/texts/s3';
import { ChevronIcon, UpIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { deliveryTones, windowWords } from './status';
import { WindowDetail } from './window-detail';
import styles from './integrations.module.css';

interface Props {
  org: string;
  destination: Destination;
  row: Delivery;
}

// A window in one line; what went wrong and all the rest stand under it over the whole width.
export function DeliveryRow({ org, destination, row }: Props) {
  const [showsAll, setShowsAll] = useState(false);
  const hasMore = showsAll || Boolean(row.error);
  const badge = row.kind ? s3.kinds[row.kind] : '';
  return (
    <>
      <Table.Tr data-continued={hasMore || undefined}>
        <Table.Td className="figures nowrap">
          {windowWords(row)}
          {badge && <span className={styles.badge}>{badge}</span>}
        </Table.Td>
        <Table.Td className="figures nowrap">
          <StatusMark tone={deliveryTones[row.state]}>{texts.deliveries.states[row.state]}</StatusMark>
          {row.delivered_at && <span className="dim"> {formatMinute(row.delivered_at)}</span>}
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{formatCount(row.entries)}</Table.Td>
        <Table.Td className="figures nowrap">{row.entries === 0 ? texts.deliveries.emptyRange : `${formatCount(row.first_seq)} – ${formatCount(row.last_seq)}`}</Table.Td>
        <Table.Td className="figures nowrap">
          <UnstyledButton fz="inherit" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {objectWords(row)} {showsAll ? <UpIcon size={12} /> : <ChevronIcon size={12} />}
          </UnstyledButton>
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{row.duration_ms ? formatDuration(row.duration_ms) : ''}</Table.Td>
      </Table.Tr>
      {hasMore && (
        <Table.Tr>
          <Table.Td colSpan={6} className={styles.detail ?? ''}>
            {showsAll ? (
              <WindowDetail org={org} destination={destination} delivery={row} />
            ) : (
              <p className={styles.small}>
                <OutsideText>{row.error ?? ''}</OutsideText> <span className="dim">{texts.deliveries.tried(row.attempts)}</span>
              </p>
            )}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

// "1 file and manifest, 63 kB"
function objectWords(row: Delivery): string {
  if (row.files.length === 0 && !row.manifest_key) return texts.deliveries.none;
  const bytes = row.files.reduce((sum, file) => sum + file.bytes, 0);
  const parts = [row.files.length > 0 && texts.deliveries.files(row.files.length), row.manifest_key && texts.deliveries.manifest].filter(Boolean).join(texts.deliveries.and);
  return row.files.length > 0 ? `${parts}, ${formatBytes(bytes)}` : parts;
}
