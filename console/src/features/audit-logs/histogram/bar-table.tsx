import { Button, ScrollArea } from '@mantine/core';
import { formatCount } from '~/lib/format';
import { formatEdge, offsetName } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { useZone } from '~/ui/zone';
import type { Bar } from './bars';
import styles from './histogram.module.css';

interface Props {
  bars: Bar[];
  onZoom: (range: { from: string; to: string }) => void;
}

// The same as the chart for those who would rather read: the bars that hold something.
export function BarTable({ bars, onZoom }: Props) {
  const { zone } = useZone();
  const held = bars.filter(({ count }) => count > 0).reverse();
  const { columns } = texts.chart;
  return (
    <ScrollArea.Autosize mah={220} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': texts.chart.tableLabel }}>
      <table className={`${styles.table ?? ''} figures`}>
        <thead>
          <tr>
            <th scope="col">
              {columns.from} ({offsetName(bars[0]?.start ?? '', zone)})
            </th>
            <th scope="col">{columns.entries}</th>
            <th scope="col">{columns.failed}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {held.map((bar) => (
            <tr key={bar.start}>
              <th scope="row">{formatEdge(bar.start, zone)}</th>
              <td>{formatCount(bar.count)}</td>
              <td>{formatCount(bar.failed)}</td>
              <td>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={texts.chart.zoomTo(formatEdge(bar.start, zone), formatEdge(bar.end, zone))}
                  onClick={() => onZoom({ from: bar.start, to: bar.end })}
                >
                  {columns.zoom}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea.Autosize>
  );
}
