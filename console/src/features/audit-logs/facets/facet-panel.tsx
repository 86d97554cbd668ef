import { Button, Drawer } from '@mantine/core';
import { useState } from 'react';
import type { EventPage, EventQuery } from '~/api/types';
import { parseTerms } from '~/features/audit-logs/query/terms';
import { formatCount } from '~/lib/format';
import { texts } from '~/texts/audit-logs';
import { FilterIcon } from '~/ui/icons';
import { Facets } from './facets';
import styles from './facet-panel.module.css';

interface Props {
  org: string;
  query: EventQuery;
  text: string;
  onSearch: (text: string) => void;
  total: EventPage['total'] | undefined;
  asSheet: boolean; // no room beside the list
}

export function FacetPanel({ asSheet, total, ...facets }: Props) {
  const [isOpen, setOpen] = useState(false);
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
      <Drawer opened={isOpen} onClose={() => setOpen(false)} position="left" size="min(22rem, 100vw)" title={texts.facets.label} closeButtonProps={{ 'aria-label': texts.facets.close }}>
        <Facets {...facets} />
        <div className={styles.done}>
          <Button fullWidth onClick={() => setOpen(false)}>
            {texts.facets.done(found)}
          </Button>
        </div>
      </Drawer>
    </>
  );
}
