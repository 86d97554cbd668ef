import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { Org } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { useSaveOrg } from './queries';
import styles from './operators.module.css';

const words = texts.org;
const features = ['audit_logs', 'data_packs', 's3'] as const;

interface Props {
  org: Org | null; // null: a new one
  onCancel?: () => void;
  onSaved: (org: string) => void;
}

export function OrgForm({ org, onCancel, onSaved }: Props) {
  const save = useSaveOrg();
  const [id, setId] = useState(org?.id ?? '');
  const [name, setName] = useState(org?.name ?? '');
  const [entitlements, setEntitlements] = useState(org?.entitlements ?? { audit_logs: true, data_packs: false, s3: false });
  const [numbers, setNumbers] = useState({ viewing_window_days: org?.viewing_window_days ?? 30, retention_days: org?.retention_days ?? 400, link_hours: org?.link_hours ?? 24 });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({ org: id, body: { name: name.trim(), entitlements, ...numbers } }, { onSuccess: (made) => onSaved(made.id) });
  };
  const number = (key: keyof typeof numbers, label: string, max: number, description?: string) => (
    <TextInput
      type="number"
      label={label}
      description={description}
      required
      withAsterisk={false}
      min={1}
      max={max}
      error={fieldErrorOf(save.error, key)}
      value={Number.isNaN(numbers[key]) ? '' : numbers[key]}
      onChange={(event) => setNumbers({ ...numbers, [key]: event.currentTarget.valueAsNumber })}
    />
  );
  return (
    <form className={styles.form} onSubmit={submit} aria-label={org ? words.settings : words.newTitle}>
      <Refused error={save.error} fields={['name', ...Object.keys(numbers)]} />
      {!org && (
        <TextInput label={words.id} description={words.idHint} required withAsterisk={false} data-autofocus pattern="[A-Za-z0-9_\-]{1,64}" maxLength={64} value={id} onChange={(event) => setId(event.currentTarget.value)} />
      )}
      <TextInput label={words.name} required withAsterisk={false} maxLength={200} error={fieldErrorOf(save.error, 'name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <fieldset>
        <legend>{words.enabled}</legend>
        {features.map((item) => (
          <Checkbox key={item} label={words.features[item]} checked={entitlements[item]} onChange={(event) => setEntitlements({ ...entitlements, [item]: event.currentTarget.checked })} />
        ))}
      </fieldset>
      {number('viewing_window_days', words.window, 3650, words.windowHint)}
      <div className={styles.pair}>
        {number('retention_days', words.retention, 3650, words.retentionHint)}
        {number('link_hours', words.linkHours, 168, words.linkHoursHint)}
      </div>
      <div className={styles.buttons}>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {common.cancel}
          </Button>
        )}
        <Button type="submit" loading={save.isPending}>
          {org ? words.save : words.create}
        </Button>
      </div>
    </form>
  );
}
