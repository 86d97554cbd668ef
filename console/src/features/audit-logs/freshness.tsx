import { formatClock } from '~/lib/time';
import { StatusMark } from '~/ui/status-mark';

// How far the page is known to be complete.
export function Freshness({ watermark, stale }: { watermark: string | undefined; stale: boolean }) {
  if (!watermark) return null;
  return (
    <span className="dim figures">
      <StatusMark tone={stale ? 'warn' : 'good'}>
        {stale ? 'Last up to date at ' : 'Up to date as of '}
        <time dateTime={watermark}>{formatClock(watermark)} UTC</time>
        {stale && ', trying again'}
      </StatusMark>
    </span>
  );
}
