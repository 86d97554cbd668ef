import type { ReactNode } from 'react';
import styles from './status-mark.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

// A state in words with a mark whose shape differs too: colour is never the only sign.
const shapes: Record<Tone, string> = { good: '●', warn: '▲', bad: '■', quiet: '○' };

export function StatusMark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles.mark} data-tone={tone}>
      <span aria-hidden="true" className={styles.shape}>
        {shapes[tone]}
      </span>{' '}
      {children}
    </span>
  );
}
