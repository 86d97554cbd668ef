import { Button, Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '~/texts/audit-logs';
import styles from './facet-panel.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  found: string; // how many entries there are, for the button that goes back to them
  children: ReactNode;
}

// The facets where there is no room beside the list.
export function FacetSheet({ opened, onClose, found, children }: Props) {
  return (
    <Drawer opened={opened} onClose={onClose} position="left" size="min(22rem, 100vw)" title={texts.facets.label} closeButtonProps={{ 'aria-label': texts.facets.close }}>
      {children}
      <div className={styles.done}>
        <Button fullWidth onClick={onClose}>
          {texts.facets.done(found)}
        </Button>
      </div>
    </Drawer>
  );
}
