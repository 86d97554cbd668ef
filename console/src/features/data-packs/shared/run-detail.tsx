import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DataPackRun } from '~/api/types';
import { formatCount } from '~/lib/format';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts } from '~/texts/data-packs';
import styles from '~/features/data-packs/data-packs.module.css';
import { CopyButton } from '~/ui/copy-button';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { RunComparison } from './compared';
import { RunActions } from './run-actions';
import { troubleOf } from './words';

const words = texts.runs;

// Everything that is known of one run, and what can be done with it.
export function RunDetail({ run, isOperator }: { run: DataPackRun; isOperator: boolean }) {
  const now = useNow();
  const when = (iso: string | null) => iso && formatMinute(iso);
  const trouble = run.hold ? null : troubleOf(run, isOperator);
  return (
    <>
      {run.hold && <Hold hold={run.hold} isOperator={isOperator} />}
      <dl className={`${styles.facts ?? ''} figures`}>
        <Fact label={words.due}>{when(run.due_at)}</Fact>
        <Fact label={words.requestedBy}>{run.requested_by && <OutsideText>{run.requested_by}</OutsideText>}</Fact>
        <Fact label={words.replaces}>{run.replaces}</Fact>
        <Fact label={words.snapshot}>{when(run.snapshot_at)}</Fact>
        <Fact label={words.attempts}>{run.attempts > 1 ? run.attempts : null}</Fact>
        <Fact label={words.reason}>{trouble && <OutsideText>{trouble.reason}</OutsideText>}</Fact>
        <Fact label={words.remedy}>{trouble?.remedy && <OutsideText>{trouble.remedy}</OutsideText>}</Fact>
        <Fact label={words.next}>{run.next_attempt_at && `${formatRelative(run.next_attempt_at, now)} (${formatMinute(run.next_attempt_at)})`}</Fact>
        <Fact label={words.fileSet}>{run.file_set && <SetName set={run.file_set} />}</Fact>
        <Fact label={words.changes}>{run.changes && words.changed(run.changes)}</Fact>
        <Fact label={words.since}>{run.changes?.since}</Fact>
        <Fact label={words.deliveries}>{run.deliveries.length > 0 && <Deliveries run={run} />}</Fact>
        <Fact label={words.comparison}>{run.comparison && <RunComparison run={run} comparison={run.comparison} />}</Fact>
        <Fact label={words.folder}>
          {run.staged_at && run.deliveries.length === 0 && (
            <>
              <code className={styles.code}>{run.folder}</code> <CopyButton text={run.folder} label={words.copyFolder} />
            </>
          )}
        </Fact>
        <Fact label={words.files}>{run.files.length > 0 && <Files files={run.files} />}</Fact>
        <Fact label={words.manifest}>{run.manifest_sha256 && <code className={styles.code}>{run.manifest_sha256}</code>}</Fact>
      </dl>
      <RunActions run={run} isOperator={isOperator} />
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (children === null || children === undefined || children === '' || children === false) return null;
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// The start of an interval is a time, whatever else it is called.
export function SetName({ set }: { set: { name: string; revision: number } }) {
  const isTime = /^\d{4}-\d\d-\d\dT/.test(set.name);
  return (
    <>
      {isTime ? formatMinute(set.name) : <OutsideText>{set.name}</OutsideText>}
      {set.revision > 1 && <span className="dim">, {words.revision(set.revision)}</span>}
    </>
  );
}

const deliveryTones: Record<DataPackRun['deliveries'][number]['state'], Tone> = { due: 'quiet', delivering: 'quiet', delivered: 'good', failed: 'bad' };

// The manifest is counted among what was sent; people count files of rows.
function progressWords(run: DataPackRun, { state, files_done: done }: DataPackRun['deliveries'][number]): string {
  const word = words.deliveryStates[state];
  return state === 'delivering' || state === 'failed' ? words.delivery(word, Math.min(done, run.files.length), run.files.length) : word;
}

function Deliveries({ run }: { run: DataPackRun }) {
  return (
    <ul className={styles.plain}>
      {run.deliveries.map((delivery) => (
        <li key={delivery.destination}>
          <StatusMark tone={deliveryTones[delivery.state]}>
            {words.sinks[delivery.destination]}: {progressWords(run, delivery)}
          </StatusMark>
          {delivery.delivered_at && `, ${formatMinute(delivery.delivered_at)}`}
          {delivery.place && (
            <div>
              <code className={styles.code}>{`${delivery.place}${run.folder}/`}</code> <CopyButton text={`${delivery.place}${run.folder}/`} label={words.copyPlace(words.sinks[delivery.destination])} />
            </div>
          )}
          {delivery.error && (
            <div>
              <OutsideText>{delivery.error}</OutsideText>
            </div>
          )}
          {delivery.remedy && (
            <div>
              {words.remedy}: <OutsideText>{delivery.remedy}</OutsideText>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function Files({ files }: { files: DataPackRun['files'] }) {
  return (
    <ul className={styles.plain}>
      {files.map((file) => (
        <li key={file.name}>
          <code className={styles.code}>{file.name}</code> <span className="dim">{words.file(file.rows, file.bytes)}</span>
        </li>
      ))}
    </ul>
  );
}

// Why a run waits: what changed, and the numbers beside the usual ones.
function Hold({ hold, isOperator }: { hold: NonNullable<DataPackRun['hold']>; isOperator: boolean }) {
  const { hold: said } = texts;
  return (
    <section className={styles.hold} aria-label={said.title[hold.reason]}>
      <strong>{said.title[hold.reason]}.</strong> <OutsideText>{hold.detail}</OutsideText> {!isOperator && said.customer}
      {hold.numbers.length > 0 && (
        <Table className={styles.numbers ?? ''}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{said.what}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{said.usual}</Table.Th>
              <Table.Th className={styles.number ?? ''}>{said.now}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="figures">
            {hold.numbers.map(({ what, usual, now }) => (
              <Table.Tr key={what}>
                <Table.Td>{what}</Table.Td>
                <Table.Td className={styles.number ?? ''}>{formatCount(usual)}</Table.Td>
                <Table.Td className={styles.number ?? ''}>{formatCount(now)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {hold.changes.length > 0 && <Changes changes={hold.changes} />}
    </section>
  );
}

export function Changes({ changes }: { changes: NonNullable<DataPackRun['hold']>['changes'] }) {
  const { hold: said } = texts;
  return (
    <Table className={styles.numbers ?? ''}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{said.column}</Table.Th>
          <Table.Th>{said.change}</Table.Th>
          <Table.Th>{said.before}</Table.Th>
          <Table.Th>{said.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ column, change, before, after }) => (
          <Table.Tr key={column}>
            <Table.Td>
              <code>{column}</code>
            </Table.Td>
            <Table.Td>{said.changes[change]}</Table.Td>
            <Table.Td>{before}</Table.Td>
            <Table.Td>{after}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
