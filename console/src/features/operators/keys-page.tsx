import { Button, Checkbox, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { texts } from '~/texts/operators';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { KeyDialog } from './key-dialog';
import { KeyTable } from './key-table';
import styles from './operators.module.css';

const words = texts.keys;

export function KeysPage() {
  const [application, setApplication] = useState('');
  const [isActive, setIsActive] = useState(true);
  const [isNew, setIsNew] = useState(false);
  const named = useDeferredValue(application.trim());
  return (
    <Page title={words.title} intro={words.intro} aside={<Button onClick={() => setIsNew(true)}>{words.create}</Button>}>
      <Panel>
        <div className={styles.tools}>
          <TextInput className={styles.search ?? ''} type="search" label={words.search} description={words.searchHint} maxLength={100} value={application} onChange={(event) => setApplication(event.currentTarget.value)} />
          <Checkbox className={styles.beside ?? ''} label={words.activeOnly} checked={isActive} onChange={(event) => setIsActive(event.currentTarget.checked)} />
        </div>
        <KeyTable filter={{ ...(named ? { application: named } : {}), ...(isActive ? { active: true } : {}) }} showOrg empty={<EmptyState title={words.noneFound}>{words.noneFoundAdvice}</EmptyState>} />
      </Panel>
      {isNew && <KeyDialog org={null} onClose={() => setIsNew(false)} />}
    </Page>
  );
}
