import { Button } from '@mantine/core';
import { texts } from '~/texts/audit-logs';
import { isPressed, press, quickFilters } from './quick';
import styles from './toolbar.module.css';

interface Props {
  query: string;
  onSearch: (query: string) => void;
}

// One click for the standing questions; a second takes it back.
export function QuickFilters({ query, onSearch }: Props) {
  return (
    <div className={styles.quick} role="group" aria-label={texts.quick.label}>
      {quickFilters.map((quick) => {
        const pressed = isPressed(query, quick);
        return (
          <Button key={quick.label} size="compact-sm" radius="xl" variant={pressed ? 'filled' : 'default'} aria-pressed={pressed} onClick={() => onSearch(press(query, quick))}>
            {quick.label}
          </Button>
        );
      })}
    </div>
  );
}
