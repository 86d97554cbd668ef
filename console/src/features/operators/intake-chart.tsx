import type { Overview } from '~/api/operator-types';
import { texts } from '~/texts/operators';
import styles from './operators.module.css';

const words = texts.health;
const slots = 60;
const height = 40;

// One bar a minute, the present one at the right.
export function IntakeChart({ minutes }: { minutes: Overview['intake']['minutes'] }) {
  const most = Math.max(1, ...minutes.map((minute) => minute.entries));
  const total = minutes.reduce((sum, minute) => sum + minute.entries, 0);
  const first = slots - minutes.length;
  return (
    <figure style={{ margin: '0 0 0.5rem' }}>
      <svg className={styles.chart} viewBox={`0 0 ${slots} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${words.chart}. ${words.chartOf(total, total === 0 ? 0 : most)}`}>
        {minutes.map((minute, index) => {
          const size = (minute.entries / most) * height;
          return <rect key={minute.start} className={styles.bar} x={first + index + 0.1} width={0.8} y={height - size} height={size} />;
        })}
      </svg>
      <figcaption className={styles.axis}>
        <span>{words.chartAgo(slots)}</span>
        <span>{words.chartOf(total, total === 0 ? 0 : most)}</span>
        <span>{words.chartNow}</span>
      </figcaption>
    </figure>
  );
}
