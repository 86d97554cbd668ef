import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { FilterIcon } from '~/ui/icons';
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
  onFilter?: (value: string) => void;
}

// A label and a value from outside; nothing when there is no value.
export function Fact({ label, value, shown, onFilter }: FactProps) {
  if (value === undefined || value === '') return null;
  return (
    <div className={styles.fact}>
      <dt>
        <OutsideText>{label}</OutsideText>
      </dt>
      <dd>
        {shown ?? <OutsideText>{value}</OutsideText>}
        {onFilter && (
          <UnstyledButton className={styles.filter} aria-label={`Filter by ${label}: ${value}`} title="Filter by this" onClick={() => onFilter(value)}>
            <FilterIcon size={12} />
          </UnstyledButton>
        )}
      </dd>
    </div>
  );
}
