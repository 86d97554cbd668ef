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
import { SetupPanel } from './setup-panel';
import { StatusPanel } from './status-panel';
import { Wizard } from './wizard';

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
  const problems = problemsOf(form);
  const submit = () => {
    validate.reset();
    // The server's values then: it fills in what was left empty.
    save.mutate({ id, body: bodyOf(form) }, { onSuccess: (fresh) => setForm(formOf(fresh)) });
  };
  // Before the first delivery: step by step.
  if (!destination || destination.state === 'draft') {
    return (
      <>
        <Wizard org={org} id={id} destination={destination} options={options} />
        {destination && <StatusPanel org={org} destination={destination} onGone={onGone} />}
      </>
    );
  }
  return (
    <>
      <StatusPanel org={org} destination={destination} onGone={onGone} />
      <DeliveriesTable org={org} destination={destination.id} />
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
      <PolicyPanel destination={destination} />
      <Panel title={texts.setup.title}>
        <SetupPanel destination={destination} />
      </Panel>
      <ChecksPanel org={org} destination={destination} validate={validate} isDirty={isDirty} />
    </>
  );
}
