import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ApiError, describeError } from '~/api/errors';
import type { Destination } from '~/api/types';
import { formatDay, formatMinute, formatRelative } from '~/lib/time';
import { texts } from '~/texts/integrations';
import { texts as s3 } from '~/texts/s3';
import { CopyButton } from '~/ui/copy-button';
import { ErrorNotice } from '~/ui/error-notice';
import { OutsideText } from '~/ui/outside-text';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { Disconnect } from './disconnect';
import { deliveriesQuery, useAct, type Verb } from './queries';
import { completeWords, isRunning, lagWords, placeOf, stateWords } from './status';
import styles from './integrations.module.css';

interface Props {
  org: string;
  destination: Destination;
  onGone: () => void;
}

// One line of truth on top, then what to do about it.
export function StatusPanel({ org, destination, onGone }: Props) {
  const act = useAct(org);
  const now = useNow();
  const { tone, word, sentence } = stateWords(destination.state);
  const { state, id, last_success_at: last, next_attempt_at: next, failed_since: since, data_at_risk_at: risk } = destination;
  const deliveries = useInfiniteQuery({ ...deliveriesQuery(org, id), enabled: state !== 'draft' });
  const complete = completeWords(destination, deliveries.data?.pages.flatMap((page) => page.data) ?? []);
  const nextWords = state === 'active' ? texts.status.nextDelivery : texts.status.nextTry;
  const button = (verb: Verb, label: string) => (
    <Button size="xs" variant="default" loading={act.isPending && act.variables.verb === verb} onClick={() => act.mutate({ id, verb })}>
      {label}
    </Button>
  );
  const facts = [
    complete ?? placeOf(destination),
    last && texts.status.last(formatRelative(last, now), formatMinute(last)),
    lagWords(destination),
    next && nextWords(formatRelative(next, now), formatMinute(next)),
  ].filter((fact) => fact !== null && fact !== undefined && fact !== '');
  return (
    <Panel>
      <div className={styles.status} role="status">
        <p className={styles.truth}>
          <StatusMark tone={tone}>
            <strong>{word}.</strong>
          </StatusMark>{' '}
          {sentence} {state !== 'active' && since && s3.since(formatMinute(since))}
        </p>
        {facts.length > 0 && <p className="dim figures">{facts.join(' · ')}</p>}
        {destination.reason && (
          <p>
            <OutsideText>{destination.reason}</OutsideText>
          </p>
        )}
        {destination.remedy && (
          <p className={styles.remedy}>
            {texts.status.whatToDo} <OutsideText>{destination.remedy}</OutsideText> <CopyButton text={destination.remedy} label={texts.status.copyWhatToDo} />
          </p>
        )}
        {(destination.missing_windows ?? 0) > 0 && <p>{s3.missing(destination.missing_windows ?? 0)}</p>}
        {destination.slow && isRunning(state) && <p className="dim">{s3.slow}</p>}
        {risk && ['suspended', 'retrying', 'lagging', 'paused'].includes(state) && <p className="dim">{s3.safeUntil(formatDay(risk))}</p>}
      </div>
      {act.isError && <ErrorNotice {...describeError(act.error)} requestId={act.error instanceof ApiError ? act.error.requestId : undefined} />}
      <div className={styles.buttons}>
        {isRunning(state) && button('pause', texts.status.pause)}
        {state === 'paused' && button('resume', texts.status.resume)}
        {['lagging', 'retrying', 'suspended', 'active'].includes(state) && button('try_now', texts.status.tryNow)}
        <Disconnect org={org} destination={destination} onGone={onGone} />
      </div>
    </Panel>
  );
}
