import type { ReactNode } from 'react';
import { usePickValue, type PickedValue } from '~/features/audit-logs/value-menu';
import { texts } from '~/texts/audit-logs';
import { OutsideText } from '~/ui/outside-text';
import styles from './entry-detail.module.css';

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.sectionHead}>
        <h3 className={styles.sectionTitle}>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

export const Facts = ({ children }: { children: ReactNode }) => <dl className={styles.facts}>{children}</dl>;

interface FactProps {
  label: string;
  value: string | undefined;
  shown?: ReactNode; // instead of the plain value
  pick?: Pick<PickedValue, 'field' | 'value'> | undefined; // how the search language asks for it
}

// A label and a value from outside; nothing when there is no value.
export function Fact({ label, value, shown, pick }: FactProps) {
  const pickValue = usePickValue();
  if (value === undefined || value === '') return null;
  const words = shown ?? <OutsideText>{value}</OutsideText>;
  return (
    <div className={styles.fact}>
      <dt>
        <OutsideText>{label}</OutsideText>
      </dt>
      <dd>
        {pick ? (
          <button type="button" className={styles.pick} aria-haspopup="menu" title={texts.value.menu(label, value)} onClick={(event) => pickValue({ ...pick, text: value }, event)}>
            {words}
          </button>
        ) : (
          words
        )}
      </dd>
    </div>
  );
}
