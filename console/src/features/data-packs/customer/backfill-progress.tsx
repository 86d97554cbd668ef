import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DataPackRun } from '~/api/types';
import { backfillQuery } from '~/features/data-packs/queries';
import { isRunning } from '~/features/data-packs/shared/words';
import styles from '~/features/data-packs/data-packs.module.css';
import { texts } from '~/texts/data-packs';

// How far the backfill is that goes on; its runs are made one after the other, the oldest interval first.
export function BackfillProgress({ org, pack, runs }: { org: string; pack: string; runs: DataPackRun[] }) {
  const going = runs.find((run) => run.kind === 'backfill' && isRunning(run));
  return going ? <Going org={org} pack={pack} askedAt={going.due_at} /> : null;
}

function Going({ org, pack, askedAt }: { org: string; pack: string; askedAt: string }) {
  const { data: all } = useQuery(backfillQuery(org, pack, askedAt));
  if (!all || all.length === 0) return null;
  const left = all.filter(isRunning).length;
  const count = (state: DataPackRun['state']) => all.filter((run) => run.state === state).length;
  return (
    <div className={styles.backfill} role="status">
      <span className="figures">{texts.backfillSoFar(all.length - left, all.length, count('failed') + count('held'))}</span>
      <Progress size="sm" value={(100 * (all.length - left)) / all.length} aria-label={texts.backfillProgress} />
    </div>
  );
}
