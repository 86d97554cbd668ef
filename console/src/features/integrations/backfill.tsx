import { Button, Progress, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Destination } from '~/api/types';
import { formatDay, formatMinute } from '~/lib/time';
import { texts } from '~/texts/s3';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { useBackfill } from './queries';
import { isRunning } from './status';
import styles from './integrations.module.css';

const words = texts.backfill;

// What was received before the bucket was connected, from a day on.
export function BackfillPanel({ org, destination }: { org: string; destination: Destination }) {
  const [from, setFrom] = useState('');
  const begin = useBackfill(org);
  const { backfill } = destination;
  const canBegin = isRunning(destination.state) && backfill?.state !== 'running';
  const error = begin.error;
  return (
    <Panel title={words.title}>
      <p className={styles.lead}>{words.lead}</p>
      {backfill && (
        <div role="status" className={styles.backfill}>
          <p className="figures">{progressWords(backfill)}</p>
          {backfill.state === 'running' && <Progress value={backfill.progress * 100} aria-label={words.progress} />}
        </div>
      )}
      {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
      {backfill?.state !== 'running' && (
        <form
          className={styles.inline}
          onSubmit={(event) => {
            event.preventDefault();
            begin.mutate({ id: destination.id, from: `${from}T00:00:00Z` });
          }}
        >
          <TextInput type="date" label={words.from} value={from} disabled={!canBegin} max={new Date().toISOString().slice(0, 10)} onChange={(event) => setFrom(event.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={!canBegin || from === ''} loading={begin.isPending}>
            {words.go}
          </Button>
          {!canBegin && <span className="dim">{words.notLive}</span>}
        </form>
      )}
    </Panel>
  );
}

function progressWords({ state, from, until, delivered_until: done }: NonNullable<Destination['backfill']>): string {
  if (state === 'complete') return words.complete(formatDay(from), formatMinute(until));
  if (state === 'stopped') return done ? words.stopped(formatMinute(done)) : words.stoppedAtOnce;
  return done ? words.running(formatMinute(done)) : words.begun;
}
