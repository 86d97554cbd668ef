import { memo, useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { formatMinute } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { useZone } from '~/ui/zone';
import { barAt, heightsOf, mostOf, rangeOf, type Bar } from './bars';
import styles from './histogram.module.css';

interface Props {
  bars: Bar[];
  format: typeof formatMinute; // of the edges of bars
  onZoom: (range: { from: string; to: string }) => void;
}

interface Chosen {
  from: number;
  to: number;
}

const least = (a: Chosen) => Math.min(a.from, a.to);
const most = (a: Chosen) => Math.max(a.from, a.to);

// Dragging or Shift and the arrow keys choose bars; letting go or Enter zooms to them.
export function Chart({ bars, format, onZoom }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [dragging, setDragging] = useState(false);
  const [hovered, setHovered] = useState<number | null>(null);
  const active = chosen?.to ?? null;

  const at = (event: PointerEvent): number => {
    const rect = box.current?.getBoundingClientRect();
    return rect ? barAt((event.clientX - rect.left) / rect.width, bars.length) : 0;
  };
  const zoom = (range: Chosen) => {
    const times = rangeOf(bars, range.from, range.to);
    setChosen(null);
    if (times) onZoom(times);
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const index = at(event);
    setDragging(true);
    setChosen({ from: index, to: index });
  };
  const move = (event: PointerEvent) => {
    const index = at(event);
    setHovered(index);
    if (dragging && chosen) setChosen({ from: chosen.from, to: index });
  };
  const up = () => {
    setDragging(false);
    if (dragging && chosen) zoom(chosen);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -bars.length, End: bars.length }[event.key];
    if (step !== undefined) {
      const to = Math.min(Math.max((active ?? (step < 0 ? bars.length : -1)) + step, 0), bars.length - 1);
      setChosen({ from: event.shiftKey && chosen ? chosen.from : to, to });
    } else if ((event.key === 'Enter' || event.key === ' ') && chosen) zoom(chosen);
    else if (event.key === 'Escape' && chosen) {
      setChosen(null);
      event.stopPropagation();
    } else return;
    event.preventDefault();
  };
  const shown = dragging ? null : (hovered ?? active);
  return (
    <div className={styles.chart}>
      <div
        ref={box}
        className={styles.bars}
        role="listbox"
        aria-multiselectable="true"
        aria-orientation="horizontal"
        aria-label={texts.chart.label}
        aria-description={texts.chart.help}
        aria-activedescendant={active === null ? undefined : `${id}-${active}`}
        tabIndex={0}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerLeave={() => setHovered(null)}
        onPointerCancel={() => (setDragging(false), setChosen(null))}
        onKeyDown={press}
        onBlur={() => setChosen(null)}
      >
        <Bars id={id} bars={bars} format={format} first={chosen ? least(chosen) : -1} last={chosen ? most(chosen) : -1} />
      </div>
      <Caption bars={bars} format={format} index={shown} range={chosen} />
    </div>
  );
}

interface BarsProps extends Pick<Props, 'bars' | 'format'> {
  id: string;
  first: number;
  last: number;
}

const Bars = memo(function Bars({ id, bars, format, first, last }: BarsProps) {
  const { zone } = useZone();
  const highest = mostOf(bars);
  return bars.map((bar, i) => {
    const { ok, failed } = heightsOf(bar, highest);
    const words = texts.chart.bar(format(bar.start, zone), format(bar.end, zone), bar.count, bar.failed);
    return (
      <div key={bar.start} id={`${id}-${i}`} role="option" aria-selected={i >= first && i <= last} aria-label={words} className={styles.bar}>
        <div className={styles.ok} style={{ height: `${ok * 100}%` }} />
        <div className={styles.bad} style={{ height: `${failed * 100}%` }} />
      </div>
    );
  });
});

// What the bar under the pointer or the chosen range holds, in words.
function Caption({ bars, format, index, range }: Pick<Props, 'bars' | 'format'> & { index: number | null; range: Chosen | null }) {
  const { zone } = useZone();
  const from = range ? least(range) : index;
  const to = range ? most(range) : index;
  const first = from === null ? undefined : bars[from];
  const last = to === null ? undefined : bars[to];
  if (!first || !last || from === null || to === null) return null;
  const held = bars.slice(from, to + 1);
  const count = held.reduce((sum, bar) => sum + bar.count, 0);
  const failed = held.reduce((sum, bar) => sum + bar.failed, 0);
  // Beside its bar, on the side where there is room.
  const share = (from + to + 1) / 2 / bars.length;
  const side = share > 0.5 ? { right: `${(1 - share) * 100}%` } : { left: `${share * 100}%` };
  return (
    <div className={`${styles.caption ?? ''} figures`} style={side} aria-hidden="true">
      {texts.chart.bar(format(first.start, zone), format(last.end, zone), count, failed)}
    </div>
  );
}
