import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { EventQuery } from '~/api/types';
import { BarsIcon, TableIcon, ZoomOutIcon } from '~/features/audit-logs/icons';
import { histogramQuery } from '~/features/audit-logs/queries';
import { formatCount } from '~/lib/format';
import { serverNowMs } from '~/lib/server-clock';
import { offsetMinutes } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { useZone } from '~/ui/zone';
import { barsOf, formatOf, intervalWords, totalOf } from './bars';
import { Chart } from './chart';
import styles from './histogram.module.css';

const BarTable = lazy(async () => ({ default: (await import('./bar-table')).BarTable }));

interface Props {
  org: string;
  query: EventQuery;
  isListed: boolean; // the entries are there
  onZoom: (range: { from: string; to: string }) => void;
  onReset: (() => void) | undefined; // back to the usual range, when another is shown
}

// How many entries there are over time, and how many of them failed.
export function Histogram({ org, query, isListed, onZoom, onReset }: Props) {
  const { zone } = useZone();
  const [offset] = useState(() => new Date(serverNowMs()).toISOString());
  const [isTable, setTable] = useState(false);
  const histogram = useQuery(histogramQuery(org, query, offsetMinutes(offset, zone), isListed));
  const bars = useMemo(() => (histogram.data ? barsOf(histogram.data) : []), [histogram.data]);
  if (histogram.isPending) return <Skeleton height={94} mb="md" radius="sm" role="status" aria-label={texts.chart.label} />;
  if (histogram.isError) {
    return (
      <p className={`${styles.failed ?? ''} dim`} role="alert">
        {texts.chart.error}
      </p>
    );
  }
  const format = formatOf(histogram.data.interval_seconds);
  const total = totalOf(bars);
  return (
    <section className={styles.histogram} aria-label={texts.chart.label} aria-busy={histogram.isPlaceholderData}>
      <div className={styles.head}>
        <span className={styles.legend}>
          <span className={styles.key} data-kind="ok" aria-hidden="true" />
          {texts.chart.legend.all} <span className="figures">{formatCount(total.count)}</span>
          <span className={styles.key} data-kind="failed" aria-hidden="true" />
          {texts.chart.legend.failed} <span className="figures">{formatCount(total.failed)}</span>
        </span>
        <span className={`${styles.hint ?? ''} dim`}>
          {texts.chart.each(intervalWords(histogram.data.interval_seconds))}
          {!isTable && ` · ${texts.chart.dragHint}`}
        </span>
        {onReset && (
          <Button size="compact-xs" variant="default" leftSection={<ZoomOutIcon size={12} />} onClick={onReset}>
            {texts.chart.reset}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={isTable ? <BarsIcon size={12} /> : <TableIcon size={12} />}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? texts.chart.chart : texts.chart.table}
        </Button>
      </div>
      {isTable ? (
        <Suspense>
          <BarTable bars={bars} onZoom={onZoom} />
        </Suspense>
      ) : (
        <Chart bars={bars} format={format} onZoom={onZoom} />
      )}
      {!isTable && (
        <div className={`${styles.axis ?? ''} figures dim`}>
          <span>{format(histogram.data.from, zone)}</span>
          <span>{format(histogram.data.to, zone)}</span>
        </div>
      )}
    </section>
  );
}
