import { Table, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Delivery } from '~/api/types';
import { formatBytes, formatCount } from '~/lib/format';
import { formatDay, formatDuration, formatMinute, formatRelative } from '~/lib/time';
import { texts } from '~/texts/integrations';
import { CopyButton } from '~/ui/copy-button';
import { ChevronIcon, UpIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import styles from './integrations.module.css';

const tones: Record<Delivery['state'], Tone> = { due: 'quiet', staged: 'quiet', delivering: 'quiet', delivered: 'good', failed: 'bad' };

// A window in one line; what went wrong and the object keys stand under it over the whole width.
export function DeliveryRow({ row }: { row: Delivery }) {
  const [showsKeys, setShowsKeys] = useState(false);
  const keys = [...row.files.map((file) => file.key), ...(row.manifest_key ? [row.manifest_key] : [])];
  const hasMore = showsKeys || Boolean(row.error);
  return (
    <>
      <Table.Tr data-continued={hasMore || undefined}>
        <Table.Td className="figures nowrap">{windowWords(row)}</Table.Td>
        <Table.Td className="figures nowrap">
          <StatusMark tone={tones[row.state]}>{texts.deliveries.states[row.state]}</StatusMark>
          {row.delivered_at && <span className="dim"> {formatMinute(row.delivered_at)}</span>}
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{formatCount(row.entries)}</Table.Td>
        <Table.Td className="figures nowrap">{row.entries === 0 ? texts.deliveries.emptyRange : `${formatCount(row.first_seq)} – ${formatCount(row.last_seq)}`}</Table.Td>
        <Table.Td className="figures nowrap">
          {keys.length === 0 ? (
            <span className="dim">{texts.deliveries.none}</span>
          ) : (
            <UnstyledButton fz="inherit" aria-expanded={showsKeys} onClick={() => setShowsKeys(!showsKeys)}>
              {objectWords(row)} {showsKeys ? <UpIcon size={12} /> : <ChevronIcon size={12} />}
            </UnstyledButton>
          )}
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{row.duration_ms ? formatDuration(row.duration_ms) : ''}</Table.Td>
      </Table.Tr>
      {hasMore && (
        <Table.Tr>
          <Table.Td colSpan={6} className={styles.detail ?? ''}>
            <Trouble row={row} />
            {showsKeys && <Keys keys={keys} />}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

// "22 Nov 2026 13:00 – 14:00"; a whole day by its date.
function windowWords({ start, end }: Delivery): string {
  const from = formatMinute(start).replace(' UTC', '');
  const to = formatMinute(end).replace(' UTC', '');
  if (Date.parse(end) - Date.parse(start) === 86_400_000 && from.endsWith(' 00:00')) return formatDay(start);
  const isShort = Date.parse(end) - Date.parse(start) <= 3_600_000;
  return isShort || formatDay(start) === formatDay(end) ? `${from} – ${to.split(' ').at(-1) ?? ''}` : `${from} – ${to}`;
}

// "1 file and manifest, 63 kB"
function objectWords(row: Delivery): string {
  const bytes = row.files.reduce((sum, file) => sum + file.bytes, 0);
  const parts = [row.files.length > 0 && texts.deliveries.files(row.files.length), row.manifest_key && texts.deliveries.manifest].filter(Boolean).join(texts.deliveries.and);
  return row.files.length > 0 ? `${parts}, ${formatBytes(bytes)}` : parts;
}

function Trouble({ row }: { row: Delivery }) {
  const now = useNow();
  if (!row.error) return null;
  const facts = [
    texts.deliveries.tried(row.attempts),
    row.next_attempt_at && texts.status.nextTry(formatRelative(row.next_attempt_at, now), formatMinute(row.next_attempt_at)),
    row.request_id && texts.validation.request(row.request_id),
  ];
  return (
    <>
      <div>
        <OutsideText>{row.error}</OutsideText> <span className="dim figures">{facts.filter(Boolean).join(' · ')}</span>
      </div>
      {row.remedy && (
        <div className={styles.remedy}>
          {texts.status.whatToDo} <OutsideText>{row.remedy}</OutsideText> <CopyButton text={row.remedy} label={texts.deliveries.copyRemedy} />
        </div>
      )}
    </>
  );
}

function Keys({ keys }: { keys: string[] }) {
  return (
    <ul className={styles.keys}>
      {keys.map((key) => (
        <li key={key}>
          <code>{key}</code> <CopyButton text={key} label={texts.deliveries.copyKey(key)} />
        </li>
      ))}
    </ul>
  );
}
