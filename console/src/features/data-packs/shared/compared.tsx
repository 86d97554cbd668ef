import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DataPackComparisons, DataPackRun } from '~/api/types';
import { useActOnRun } from '~/features/data-packs/queries';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatMinute } from '~/lib/time';
import { texts } from '~/texts/data-packs';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark } from '~/ui/status-mark';
import { Refused } from './failed';

const words = texts.compared;

type Comparison = NonNullable<DataPackRun['comparison']>;
type Result = NonNullable<Comparison['result']>;

// What S3 and SFTP hold of the runs that went to both.
export function Comparisons({ comparisons, runLink }: { comparisons: DataPackComparisons; runLink?: (pack: string, content: ReactNode) => ReactNode }) {
  if (!comparisons) return null;
  const { runs, equal, differing, waiting, failed, last_compared_at: last, last_difference: difference } = comparisons;
  return (
    <section className={`${styles.stack ?? ''} ${styles.compared ?? ''}`} aria-label={words.title}>
      <div>
        <StatusMark tone={differing > 0 ? 'bad' : failed > 0 ? 'warn' : waiting > 0 ? 'quiet' : 'good'}>{words.equalOf(equal, runs)}</StatusMark>
        <span className="dim">
          {last && ` ${words.last(formatMinute(last))}`}
          {waiting > 0 && ` ${words.waiting(waiting)}`}
          {failed > 0 && ` ${words.failed(failed)}`}
        </span>
      </div>
      {difference && (
        <div>
          {runLink ? runLink(difference.pack, difference.pack) : difference.pack}: <Differences result={difference.result} />
        </div>
      )}
    </section>
  );
}

function Differences({ result }: { result: Result }) {
  if (result.differences.length === 0) return null;
  return (
    <ul className={styles.plain}>
      {result.differences.map((one) => (
        <li key={`${one.destination} ${one.file}`}>
          <OutsideText>{words.difference(texts.runs.sinks[one.destination], one.file, one.what, one.expected_bytes, one.found_bytes)}</OutsideText>
        </li>
      ))}
      {result.different_files > result.differences.length && <li>{words.more(result.different_files - result.differences.length)}</li>}
    </ul>
  );
}

// The same of one run, and a button to look again.
export function RunComparison({ run, comparison }: { run: DataPackRun; comparison: Comparison }) {
  const act = useActOnRun();
  const tones = { due: 'quiet', equal: 'good', differs: 'bad', failed: 'warn' } as const;
  return (
    <div className={styles.stack}>
      <div>
        <StatusMark tone={tones[comparison.state]}>{words.states[comparison.state]}</StatusMark>
        {comparison.compared_at && <span className="dim">, {formatMinute(comparison.compared_at)}</span>}
      </div>
      {comparison.error && <OutsideText>{comparison.error}</OutsideText>}
      {comparison.result && (
        <>
          <Differences result={comparison.result} />
          <ul className={`${styles.plain ?? ''} dim`}>
            {comparison.result.sides.map((side) => (
              <li key={side.destination}>
                {texts.runs.sinks[side.destination]}: {words.readBy[side.read_by]}
                {side.other_files > 0 && words.others(side.other_files)}
              </li>
            ))}
          </ul>
        </>
      )}
      <Refused error={act.error} />
      {comparison.state !== 'due' && (
        <div>
          <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate({ run, verb: 'compare' })}>
            {words.again}
          </Button>
        </div>
      )}
    </div>
  );
}
