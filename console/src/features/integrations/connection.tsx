import { useState } from 'react';
import type { Destination, DestinationList } from '~/api/types';
import { texts } from '~/texts/integrations';
import { Panel } from '~/ui/page';
import { ChecksPanel } from './checks-panel';
import { DeliveriesTable } from './deliveries-table';
import { PolicyPanel } from './policy-panel';
import { useSave, useValidate } from './queries';
import { SettingsFields } from './settings-fields';
import { bodyOf, formOf, isSame, problemsOf } from './settings-form';
import { StatusPanel } from './status-panel';

interface Props {
  org: string;
  destination: Destination | undefined;
  options: NonNullable<DestinationList['options']>;
  id: string;
  onGone: () => void;
}

// One destination: its state, its settings, what to grant, the checks, what was delivered.
export function Connection({ org, id, destination, options, onGone }: Props) {
  const saved = formOf(destination);
  const [form, setForm] = useState(saved);
  const save = useSave(org);
  const validate = useValidate(org);
  const isDirty = !isSame(form, saved);
  const hasStarted = destination && destination.state !== 'draft';
  const problems = problemsOf(form);
  const submit = () => {
    validate.reset();
    // The server's values then: it fills in what was left empty.
    save.mutate({ id, body: bodyOf(form) }, { onSuccess: (fresh) => setForm(formOf(fresh)) });
  };
  return (
    <>
      {destination && <StatusPanel org={org} destination={destination} onGone={onGone} />}
      {destination && hasStarted && <DeliveriesTable org={org} destination={destination.id} />}
      <Panel title={destination ? texts.settings.title : texts.settings.connectTitle}>
        <SettingsFields
          form={form}
          setForm={setForm}
          problems={problems}
          options={options}
          save={{ error: save.error, isPending: save.isPending, isSuccess: save.isSuccess && !isDirty, submit }}
          canSave={(isDirty || !destination) && Object.keys(problems).length === 0}
          isDraft={!hasStarted}
        />
      </Panel>
      {destination && (
        <>
          <PolicyPanel destination={destination} />
          <ChecksPanel org={org} destination={destination} validate={validate} isDirty={isDirty} />
        </>
      )}
    </>
  );
}
