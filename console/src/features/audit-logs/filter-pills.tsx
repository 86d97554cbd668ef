import { Button } from '@mantine/core';
import { CrossIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { changed, type PageState } from './page-state';
import { activeFilters, filterOf, withoutFilters } from './search';
import styles from './toolbar.module.css';

export function FilterPills({ search, setSearch }: PageState) {
  const filters = activeFilters(filterOf(search));
  if (filters.length === 0) return null;
  return (
    <ul className={styles.pills} aria-label="Active filters">
      {filters.map((filter) => (
        <li key={filter.key}>
          <Button
            size="compact-xs"
            variant="light"
            rightSection={<CrossIcon size={10} />}
            aria-label={`Remove filter ${filter.label}: ${filter.value}`}
            onClick={() => setSearch(changed(search, { [filter.key]: undefined }))}
          >
            <span>
              {filter.label}: <OutsideText>{filter.value}</OutsideText>
            </span>
          </Button>
        </li>
      ))}
      {filters.length > 1 && (
        <li>
          <Button size="compact-xs" variant="subtle" onClick={() => setSearch(withoutFilters(search))}>
            Clear all
          </Button>
        </li>
      )}
    </ul>
  );
}
