import { Alert, Tabs } from '@mantine/core';
import { useState } from 'react';
import type { Destination, DestinationList } from '~/api/types';
import { texts } from '~/texts/integrations';
import { texts as s3 } from '~/texts/s3';
import { Panel } from '~/ui/page';
import { BackfillPanel } from './backfill';
import { ChecksPanel } from './checks-panel';
import { DeliveriesTable } from './deliveries-table';
import { FilterPanel } from './filter-panel';
import { PolicyPanel } from './policy-panel';
import { useSave, useValidate } from './queries';
import { Readers } from './readers';
import { otherTabs, tabs, type S3Search } from './s3-search';
import { SettingsFields } from './settings-fields';
import { bodyOf, formOf, isSame, problemsOf } from './settings-form';
import { SetupPanel } from './setup-panel';
import { StatusPanel } from './status-panel';
import { Timeline } from './timeline';
import { Wizard } from './wizard';
import styles from './integrations.module.css';

interface Props {
  org: string;
  hasPacks: boolean;
  hasLogs: boolean;
  destination: Destination | undefined;
  options: NonNullable<DestinationList['options']>;
  id: string;
  search: S3Search;
  setSearch: (search: S3Search) => void;
  onGone: () => void;
}

// One destination: its state on top, then what was delivered, its settings, what to grant and how to read it.
export function Connection({ org, hasPacks, hasLogs, id, destination, options, search, setSearch, onGone }: Props) {
  // Before the first delivery: step by step.
  if (!destination || destination.state === 'draft') {
    return (
      <>
        <Wizard org={org} id={id} destination={destination} options={options} hasPacks={hasPacks} hasLogs={hasLogs} />
        {destination && <StatusPanel org={org} destination={destination} onGone={onGone} />}
      </>
    );
  }
  return (
    <>
      <StatusPanel org={org} destination={destination} onGone={onGone} />
      <Tabs value={search.tab ?? 'deliveries'} onChange={(tab) => setSearch({ ...search, tab: otherTabs.find((known) => known === tab) })} keepMounted={false}>
        <Tabs.List aria-label={s3.tabs.label} className={styles.tabs ?? ''}>
          {tabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {s3.tabs[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="deliveries">
          <Timeline org={org} destination={destination} />
          <DeliveriesTable org={org} destination={destination} />
          <BackfillPanel org={org} destination={destination} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings org={org} destination={destination} options={options} />
        </Tabs.Panel>
        <Tabs.Panel value="permissions">
          <PolicyPanel destination={destination} />
          <Panel title={texts.setup.title}>
            <SetupPanel destination={destination} />
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="readers">
          <Readers destination={destination} reader={search.reader ?? 'splunk'} onReader={(reader) => setSearch({ ...search, reader })} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Settings({ org, destination, options }: { org: string; destination: Destination; options: Props['options'] }) {
  const saved = formOf(destination);
  const [form, setForm] = useState(saved);
  const save = useSave(org);
  const validate = useValidate(org);
  const isDirty = !isSame({ ...form, filter: null }, { ...saved, filter: null });
  const problems = problemsOf(form);
  const submit = () => {
    validate.reset();
    // The filter has a form of its own. The server's values then: it fills in what was left empty.
    save.mutate({ id: destination.id, body: bodyOf({ ...form, filter: saved.filter }) }, { onSuccess: (fresh) => setForm(formOf(fresh)) });
  };
  return (
    <>
      {destination.pending && (
        <Alert color="yellow" title={s3.pending.title} mb="md" role="status">
          {s3.pending.text}
        </Alert>
      )}
      <Panel title={texts.settings.title}>
        <SettingsFields
          form={form}
          setForm={setForm}
          problems={problems}
          options={options}
          save={{ error: save.error, isPending: save.isPending, isSuccess: save.isSuccess && !isDirty, submit }}
          canSave={isDirty && Object.keys(problems).length === 0}
        />
      </Panel>
      <ChecksPanel org={org} destination={destination} validate={validate} isDirty={isDirty} />
      <FilterPanel org={org} destination={destination} />
    </>
  );
}
