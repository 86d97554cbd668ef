import { Button, Progress, Table, UnstyledButton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { DataPackRun } from '~/api/types';
import { formatBytes, formatCount } from '~/lib/format';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/data-packs';
import { ChevronIcon, UpIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import styles from '~/features/data-packs/data-packs.module.css';
import { RunActions } from './run-actions';
import { RunDetail } from './run-detail';
import { intervalWords, isRunning, tones, troubleOf } from './words';

const words = texts.runs;

interface Props {
  label: string;
  runs: DataPackRun[];
  isOperator?: boolean;
  orgLink?: (org: string, content: ReactNode) => ReactNode; // of all organizations: says whose each is
  packLink?: (pack: string, content: ReactNode) => ReactNode;
  more?: { isLoading: boolean; load: () => void } | undefined;
}

export function RunsTable({ label, runs, isOperator = false, orgLink, packLink, more }: Props) {
  const whose = [orgLink && words.columns.org, packLink && words.columns.pack].filter(Boolean);
  return (
    <>
      <div className={styles.scroll} role="group" aria-label={label} tabIndex={0}>
        <Table className={styles.runs ?? ''} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {whose.map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
              <Table.Th>{words.columns.interval}</Table.Th>
              <Table.Th>{words.columns.state}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{words.columns.rows}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{words.columns.size}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{words.columns.took}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.columns.more}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <RunRow key={run.id} {...{ run, isOperator, orgLink, packLink }} span={whose.length + 6} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {more && (
        <Button size="xs" variant="default" mt="sm" loading={more.isLoading} onClick={more.load}>
          {common.older}
        </Button>
      )}
    </>
  );
}

// Of files that nobody can count nothing is said.
function rowsOf(run: DataPackRun): string {
  if (run.rows === null) return '';
  if (run.state === 'extracting') return words.soFar(run.rows);
  return run.rows > 0 || run.staged_at ? formatCount(run.rows) : '';
}

function RunRow({ run, isOperator, orgLink, packLink, span }: { run: DataPackRun; isOperator: boolean; orgLink: Props['orgLink']; packLink: Props['packLink']; span: number }) {
  const [isOpen, setIsOpen] = useState(false);
  const interval = intervalWords(run.interval);
  const kind = words.kinds[run.kind];
  const hasMore = isOpen || Boolean(run.hold) || Boolean(run.error);
  return (
    <>
      <Table.Tr data-continued={hasMore || undefined}>
        {orgLink && <Table.Td>{orgLink(run.organization_id, <OutsideText>{run.organization_id}</OutsideText>)}</Table.Td>}
        {packLink && <Table.Td>{packLink(run.pack, <OutsideText>{run.pack}</OutsideText>)}</Table.Td>}
        <Table.Td className="figures nowrap">
          {interval}
          {kind && <span className={styles.badge}>{kind}</span>}
          {run.file_set && run.file_set.revision > 1 && <span className={styles.badge}>{words.revision(run.file_set.revision)}</span>}
        </Table.Td>
        <Table.Td>
          <StatusMark tone={tones[run.state]}>{words.states[run.state]}</StatusMark>
          <Delivered run={run} />
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>
          {rowsOf(run)}
          {run.changes && <span className={`${styles.under ?? ''} ${styles.wrap ?? ''}`}>{run.changes.since === null ? words.allRows : words.changed(run.changes)}</span>}
        </Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{run.bytes > 0 ? formatBytes(run.bytes) : ''}</Table.Td>
        <Table.Td className={`figures ${styles.number ?? ''}`}>{run.started_at && run.finished_at ? words.took(Date.parse(run.finished_at) - Date.parse(run.started_at)) : ''}</Table.Td>
        <Table.Td className={styles.number ?? ''}>
          <UnstyledButton fz="inherit" aria-expanded={isOpen} aria-label={words.details(interval)} onClick={() => setIsOpen(!isOpen)}>
            {words.columns.more} {isOpen ? <UpIcon size={12} /> : <ChevronIcon size={12} />}
          </UnstyledButton>
        </Table.Td>
      </Table.Tr>
      {hasMore && (
        <Table.Tr>
          <Table.Td colSpan={span} className={styles.detail ?? ''}>
            {isOpen ? <RunDetail run={run} isOperator={isOperator} /> : <Trouble run={run} isOperator={isOperator} />}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

// How many of the files are there, while they are sent.
function Delivered({ run }: { run: DataPackRun }) {
  if (run.state !== 'delivering' || run.files.length === 0) return null;
  const done = run.deliveries.reduce((sum, delivery) => sum + Math.min(delivery.files_done, run.files.length), 0);
  const all = run.files.length * Math.max(1, run.deliveries.length);
  return <Progress className={styles.progress ?? ''} size="sm" value={(100 * done) / all} aria-label={words.progress} />;
}

// In a line or two, where there is one.
export function RunTrouble({ run, isOperator }: { run: DataPackRun; isOperator: boolean }) {
  const trouble = troubleOf(run, isOperator);
  if (!trouble) return null;
  return (
    <p className={styles.small}>
      <OutsideText>{trouble.reason}</OutsideText>{' '}
      {trouble.remedy && (
        <>
          {!run.hold && `${words.remedy}: `}
          <OutsideText>{trouble.remedy}</OutsideText>
        </>
      )}
    </p>
  );
}

function Trouble({ run, isOperator }: { run: DataPackRun; isOperator: boolean }) {
  return (
    <>
      <RunTrouble run={run} isOperator={isOperator} />
      {(isOperator || !isRunning(run)) && <RunActions run={run} isOperator={isOperator} />}
    </>
  );
}
