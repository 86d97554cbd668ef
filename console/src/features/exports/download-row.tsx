import { Button, Progress, Table } from '@mantine/core';
import type { EventFilter, Export, ExportRequest } from '~/api/types';
import { formatBytes } from '~/lib/format';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts } from '~/texts/exports';
import { DownloadIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { useZone } from '~/ui/zone';
import { fileAddress, isInProgress } from './queries';
import styles from './exports.module.css';

interface Props {
  org: string;
  item: Export;
  describeFilter: (filter: EventFilter) => string;
  onCancel: () => void;
  onAgain: (request: ExportRequest) => void;
  onFetch: ((id: string) => void) | undefined; // instead of the link
  isFetching: boolean;
}

export function DownloadRow({ org, item, describeFilter, ...actions }: Props) {
  const now = useNow();
  const { zone } = useZone();
  const filter = item.filter ? describeFilter(item.filter) : '';
  const from = item.from ? formatMinute(item.from, zone) : texts.first;
  return (
    <Table.Tr>
      <Table.Td className="figures nowrap" data-label={texts.columns.asked}>
        {formatMinute(item.created_at, zone)}
      </Table.Td>
      <Table.Td>
        {filter ? <OutsideText>{filter}</OutsideText> : texts.all}
        <div className="dim figures">{item.to ? texts.between(from, formatMinute(item.to, zone)) : texts.since(from)}</div>
      </Table.Td>
      <Table.Td className="nowrap" data-label={texts.columns.by}>
        <OutsideText>{item.requested_by.name || item.requested_by.email}</OutsideText>
      </Table.Td>
      <Table.Td>
        <ExportState item={item} />
      </Table.Td>
      <Table.Td className="figures nowrap">
        {item.state === 'ready' && formatBytes(item.bytes)}
        <div className="dim">{texts.formats[item.format].name}</div>
      </Table.Td>
      <Table.Td className="figures nowrap" data-label={item.state === 'ready' ? texts.columns.ends : undefined}>
        {item.expires_at && item.state === 'ready' && (
          <time dateTime={item.expires_at} title={formatMinute(item.expires_at, zone)}>
            {formatRelative(item.expires_at, now)}
          </time>
        )}
      </Table.Td>
      <Table.Td>
        <WhatToDo org={org} item={item} when={formatMinute(item.created_at, zone)} {...actions} />
      </Table.Td>
    </Table.Tr>
  );
}

function WhatToDo({ org, item, when, onCancel, onAgain, onFetch, isFetching }: Omit<Props, 'describeFilter'> & { when: string }) {
  if (item.state === 'ready' && onFetch) {
    return (
      <Button size="compact-xs" variant="default" leftSection={<DownloadIcon />} loading={isFetching} onClick={() => onFetch(item.id)}>
        {texts.fetch(texts.formats[item.format].name)}
      </Button>
    );
  }
  if (item.state === 'ready') {
    return (
      <a className={styles.file} href={fileAddress(org, item.id)} download>
        <DownloadIcon /> {texts.fetch(texts.formats[item.format].name)}
      </a>
    );
  }
  if (isInProgress(item)) {
    return (
      <Button size="compact-xs" variant="default" aria-label={texts.cancelWhich(when)} onClick={onCancel}>
        {texts.cancel}
      </Button>
    );
  }
  const again = () => {
    const { format, from, to, filter } = item;
    onAgain({ format, ...(from ? { from } : {}), ...(to ? { to } : {}), ...(filter ? { filter } : {}) });
  };
  return (
    <Button size="compact-xs" variant="default" aria-label={texts.againWhich(when)} onClick={again}>
      {texts.again}
    </Button>
  );
}

const tones: Record<Export['state'], Tone> = { queued: 'quiet', running: 'quiet', ready: 'good', failed: 'bad', expired: 'quiet', cancelled: 'quiet' };

function ExportState({ item }: { item: Export }) {
  const rows = item.state === 'ready' || (item.rows > 0 && item.state !== 'expired') ? `, ${texts.rows(item.rows)}` : '';
  return (
    <>
      <span className="figures" role="status">
        <StatusMark tone={tones[item.state]}>
          {texts.states[item.state]}
          {item.state === 'running' ? ` ${texts.percent(item.progress)}` : rows}
        </StatusMark>
      </span>
      {item.state === 'running' && <Progress value={item.progress * 100} size="sm" mt={4} aria-label={texts.progress} />}
      {item.state === 'failed' && <div className="dim">{item.error ?? texts.failed}</div>}
    </>
  );
}
