import { formatClock, offsetName } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { StatusMark } from '~/ui/status-mark';
import { useZone } from '~/ui/zone';

// How far the page is known to be complete.
export function Freshness({ watermark, stale }: { watermark: string | undefined; stale: boolean }) {
  const { zone } = useZone();
  if (!watermark) return null;
  return (
    <span className="dim figures">
      <StatusMark tone={stale ? 'warn' : 'good'}>
        {stale ? texts.freshness.stale : texts.freshness.good}
        <time dateTime={watermark}>
          {formatClock(watermark, zone)} {offsetName(watermark, zone)}
        </time>
        {stale && texts.freshness.again}
      </StatusMark>
    </span>
  );
}
