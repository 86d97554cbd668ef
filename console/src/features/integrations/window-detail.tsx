import type { ReactNode } from 'react';
import type { Delivery, Destination } from '~/api/types';
import { formatDuration, formatMinute, formatRelative } from '~/lib/time';
import { texts as integrations } from '~/texts/integrations';
import { texts } from '~/texts/s3';
import { CopyButton } from '~/ui/copy-button';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { Redeliver } from './redeliver';
import { deliveryTones, windowWords } from './status';
import styles from './integrations.module.css';

const words = texts.detail;

interface Props {
  org: string;
  destination: Destination;
  delivery: Delivery;
}

// Everything that is known of one window.
export function WindowDetail({ org, destination, delivery }: Props) {
  const now = useNow();
  const { state, entries, withheld = 0, first_seq: first, last_seq: last, next_attempt_at: next } = delivery;
  return (
    <>
      <dl className={`${styles.facts ?? ''} figures`}>
        <Fact label={words.state}>
          <StatusMark tone={deliveryTones[state]}>{integrations.deliveries.states[state]}</StatusMark>
          {delivery.delivered_at && `, ${formatMinute(delivery.delivered_at)}`}
        </Fact>
        <Fact label={words.entries}>{words.entriesOf(entries, withheld)}</Fact>
        <Fact label={words.range}>{entries === 0 ? words.empty : words.rangeOf(first, last)}</Fact>
        <Fact label={words.attempts}>{delivery.attempts}</Fact>
        <Fact label={words.took}>{delivery.duration_ms ? formatDuration(delivery.duration_ms) : null}</Fact>
        <Fact label={words.request}>
          {delivery.request_id && (
            <>
              <code>{delivery.request_id}</code> <CopyButton text={delivery.request_id} label={words.copyRequest} />
            </>
          )}
        </Fact>
        <Fact label={words.reason}>{delivery.error && <OutsideText>{delivery.error}</OutsideText>}</Fact>
        <Fact label={integrations.status.whatToDo}>
          {delivery.remedy && (
            <>
              <OutsideText>{delivery.remedy}</OutsideText> <CopyButton text={delivery.remedy} label={integrations.deliveries.copyRemedy} />
            </>
          )}
        </Fact>
        <Fact label={words.next}>{next && `${formatRelative(next, now)} (${formatMinute(next)})`}</Fact>
        <Fact label={words.proof}>{delivery.proof && words.proofOf(delivery.proof.size)}</Fact>
        <Fact label={words.inBucket}>{delivery.in_bucket && <InBucket there={delivery.in_bucket} />}</Fact>
        <Fact label={words.history}>{(delivery.history?.length ?? 0) > 1 && <History attempts={delivery.history ?? []} />}</Fact>
        <Fact label={words.objects}>{delivery.files.length > 0 || delivery.manifest_key ? <Objects delivery={delivery} /> : null}</Fact>
      </dl>
      {state === 'delivered' && delivery.kind !== 'replay' && destination.state !== 'disabled' && (
        <Redeliver org={org} destination={destination} delivery={delivery} window={windowWords(delivery)} />
      )}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (children === null || children === undefined || children === '' || children === false) return null;
  return (
    <div className={styles.fact}>
      <dt>{label.replace(/:$/, '')}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function InBucket({ there }: { there: NonNullable<Delivery['in_bucket']> }) {
  const now = useNow();
  const isBad = there.state === 'missing' || there.state === 'differs';
  return (
    <>
      {there.state === 'unknown' ? words.inBucketStates.unknown : <StatusMark tone={isBad ? 'bad' : 'good'}>{words.inBucketStates[there.state]}</StatusMark>}
      {there.looked_at && <span className="dim">, {words.looked(formatRelative(there.looked_at, now))}</span>}
    </>
  );
}

function History({ attempts }: { attempts: NonNullable<Delivery['history']> }) {
  return (
    <ul className={styles.keys}>
      {attempts.map((attempt) => (
        <li key={attempt.at}>
          {formatMinute(attempt.at)}: {attempt.delivered ? words.went : <OutsideText>{attempt.error ?? attempt.code ?? ''}</OutsideText>}{' '}
          <span className="dim">
            {formatDuration(attempt.duration_ms)}
            {attempt.request_id && ` · ${attempt.request_id}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Objects({ delivery }: { delivery: Delivery }) {
  return (
    <ul className={styles.keys}>
      {delivery.files.map((file) => (
        <li key={file.key}>
          <code className={styles.key}>{file.key}</code> <CopyButton text={file.key} label={integrations.deliveries.copyKey(file.key)} />
          <div className="dim">
            {words.file(file.rows, file.bytes)}
            {file.sha256 && <span className={styles.key}> · {words.sha256(file.sha256)}</span>}
          </div>
        </li>
      ))}
      {delivery.manifest_key && (
        <li>
          <code className={styles.key}>{delivery.manifest_key}</code> <CopyButton text={delivery.manifest_key} label={integrations.deliveries.copyKey(delivery.manifest_key)} />
          <div className="dim">{words.manifest}</div>
        </li>
      )}
    </ul>
  );
}
