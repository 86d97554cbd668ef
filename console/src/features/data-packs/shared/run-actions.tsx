import { Button } from '@mantine/core';
import type { DataPackRun } from '~/api/types';
import { texts } from '~/texts/data-packs';
import { useActOnRun, useStartRuns } from '~/features/data-packs/queries';
import styles from '~/features/data-packs/data-packs.module.css';
import { Refused } from './failed';
import { intervalWords, isRunning } from './words';

const words = texts.runs;

// What can be done with a run: a held one is released by operators alone.
export function RunActions({ run, isOperator }: { run: DataPackRun; isOperator: boolean }) {
  const act = useActOnRun();
  const start = useStartRuns();
  const interval = intervalWords(run.interval);
  const isPending = act.isPending || start.isPending;
  const again = () => start.mutate({ org: run.organization_id, pack: run.pack, body: { replaces: run.id } });
  return (
    <>
      <Refused error={act.error ?? start.error} />
      <div className={styles.buttons}>
        {run.hold?.reason === 'columns' && isOperator && <span className="dim">{words.confirmAtPack}</span>}
        {run.hold?.reason === 'size' && run.state === 'held' && isOperator && (
          <Button size="xs" loading={act.isPending} aria-label={words.releaseOf(interval)} onClick={() => act.mutate({ run, verb: 'release' })}>
            {words.release}
          </Button>
        )}
        {(isRunning(run) || run.state === 'held') && (
          <Button size="xs" variant="default" disabled={isPending} aria-label={words.cancelOf(interval)} onClick={() => act.mutate({ run, verb: 'cancel' })}>
            {words.cancel}
          </Button>
        )}
        {run.state === 'failed' && (
          <Button size="xs" variant="default" disabled={isPending} aria-label={words.retryOf(interval)} onClick={() => act.mutate({ run, verb: 'retry' })}>
            {words.retry}
          </Button>
        )}
        {(run.state === 'delivered' || run.state === 'cancelled') && (
          <Button size="xs" variant="default" disabled={isPending} aria-label={words.againOf(interval)} onClick={again}>
            {words.again}
          </Button>
        )}
        <span role="status" className="dim">
          {start.isSuccess ? texts.begun(start.data.data.length) : ''}
        </span>
      </div>
    </>
  );
}
