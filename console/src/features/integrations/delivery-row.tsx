import { Table, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Delivery } from '~/api/types';
import { formatBytes, formatCount, plural } from '~/lib/format';
import { formatDay, formatDuration, formatMinute, formatRelative } from '~/lib/time';
import { CopyButton } from '~/ui/copy-button';
import { ChevronIcon, UpIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import styles from './integrations.module.css';

const states: Record<Delivery['state'], { tone: Tone; word: string }> = {
  due: { tone: 'quiet', word: 'Due' },
  staged: { tone: 'quiet', word: 'Prepared' },
  delivering: { tone: 'quiet', word: 'Delivering' },
  delivered: { tone: 'good', word: 'Delivered' },
  failed: { tone: 'bad', word: 'Failed' },
};

// A window in one line; what went wrong and the object keys stand under it over the whole width.
export function DeliveryRow({ row }: { row: Delivery }) {
  const [showsKeys, setShowsKeys] = useState(false);
  const keys = [...row.files.map((file) => file.key), ...(row.manifest_key ? [row.manifest_key] : [])];
  const hasMore = showsKeys || Boolean(row.error);
  const { tone, word } = states[row.state];
  return (
    <>
      <Table.Tr data-continued={hasMore || undefined}>
        <Table.Td className="figures nowrap">{windowWords(row)}</Table.Td>
        <Table.Td className="figures nowrap">
          <StatusMark tone={tone}>{word}</StatusMark>
          {row.delivered_at && <span className="dim"> {formatMinute(row.delivered_at)}</span>}
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{formatCount(row.entries)}</Table.Td>
        <Table.Td className="figures nowrap">{row.entries === 0 ? 'empty' : `${formatCount(row.first_seq)} – ${formatCount(row.last_seq)}`}</Table.Td>
        <Table.Td className="figures nowrap">
          {keys.length === 0 ? (
            <span className="dim">none yet</span>
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
  const parts = [row.files.length > 0 && plural(row.files.length, 'file'), row.manifest_key && 'manifest'].filter(Boolean).join(' and ');
  return row.files.length > 0 ? `${parts}, ${formatBytes(bytes)}` : parts;
}

function Trouble({ row }: { row: Delivery }) {
  const now = useNow();
  if (!row.error) return null;
  const facts = [
    `tried ${plural(row.attempts, 'time')}`,
    row.next_attempt_at && `next try ${formatRelative(row.next_attempt_at, now)} (${formatMinute(row.next_attempt_at)})`,
    row.request_id && `S3 request ${row.request_id}`,
  ];
  return (
    <>
      <div>
        <OutsideText>{row.error}</OutsideText> <span className="dim figures">{facts.filter(Boolean).join(' · ')}</span>
      </div>
      {row.remedy && (
        <div className={styles.remedy}>
          What to do: <OutsideText>{row.remedy}</OutsideText> <CopyButton text={row.remedy} label="Copy what to do about this delivery" />
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
          <code>{key}</code> <CopyButton text={key} label={`Copy the key ${key}`} />
        </li>
      ))}
    </ul>
  );
}
