import { Button } from '@mantine/core';
import { changed, type PageState } from './page-state';
import type { AuditSearch } from './search';
import styles from './toolbar.module.css';

const questions: { label: string; filter: Pick<AuditSearch, 'category' | 'outcome'> }[] = [
  { label: 'Unauthorised access', filter: { category: 'authentication', outcome: 'failure' } },
  { label: 'Changes to critical data', filter: { category: 'permission,configuration' } },
  { label: 'Sign-ins', filter: { category: 'authentication' } },
  { label: 'Exports', filter: { category: 'export' } },
  { label: 'Errors', filter: { category: 'error' } },
];

// One click for the standing questions; a second takes it back.
export function QuickFilters({ search, setSearch }: PageState) {
  return (
    <div className={styles.quick} role="group" aria-label="Quick filters">
      {questions.map(({ label, filter }) => {
        const pressed = search.category === filter.category && search.outcome === filter.outcome;
        const next = pressed ? {} : filter;
        return (
          <Button
            key={label}
            size="compact-sm"
            radius="xl"
            variant={pressed ? 'filled' : 'default'}
            aria-pressed={pressed}
            onClick={() => setSearch(changed(search, { category: next.category, outcome: next.outcome }))}
          >
            {label}
          </Button>
        );
      })}
    </div>
  );
}
