import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { EventPage, EventQuery } from '~/api/types';
import { parseTerms } from '~/features/audit-logs/query/terms';
import { formatCount } from '~/lib/format';
import { texts } from '~/texts/audit-logs';
import { FilterIcon } from '~/ui/icons';
import { Facets } from './facets';
import styles from './facet-panel.module.css';

const FacetSheet = lazy(async () => ({ default: (await import('./facet-sheet')).FacetSheet }));

interface Props {
  org: string;
  query: EventQuery;
  text: string;
  onSearch: (text: string) => void;
  isListed: boolean;
  total: EventPage['total'] | undefined;
  asSheet: boolean; // no room beside the list
}

export function FacetPanel({ asSheet, total, ...facets }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  if (isOpen && !wasOpened) setWasOpened(true);
  if (!asSheet) {
    return (
      <aside className={styles.panel} aria-label={texts.facets.label}>
        <Facets {...facets} />
      </aside>
    );
  }
  const count = parseTerms(facets.text).filter(({ field }) => field !== null).length;
  const found = total === undefined ? '' : `${total.relation === 'gte' ? '> ' : ''}${formatCount(total.value)}`;
  return (
    <>
      <Button size="compact-sm" variant="default" leftSection={<FilterIcon size={14} />} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {texts.facets.openCount(count)}
      </Button>
      {wasOpened && (
        <Suspense>
          <FacetSheet opened={isOpen} onClose={() => setOpen(false)} found={found}>
            <Facets {...facets} />
          </FacetSheet>
        </Suspense>
      )}
    </>
  );
}
