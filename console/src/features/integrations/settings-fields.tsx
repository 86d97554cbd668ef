import { Button, Checkbox, NativeSelect, Radio, TextInput } from '@mantine/core';
import type { SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { DestinationList } from '~/api/types';
import { ErrorNotice } from '~/ui/error-notice';
import { defaultRegions, type FormErrors, type FormValues } from './settings-form';
import styles from './integrations.module.css';

interface Props {
  form: FormValues;
  setForm: (form: FormValues) => void;
  problems: FormErrors;
  options: NonNullable<DestinationList['options']>;
  save: { error: unknown; isPending: boolean; isSuccess: boolean; submit: () => void };
  canSave: boolean;
  isDraft: boolean;
}

export function SettingsFields({ form, setForm, problems, options, save, canSave, isDraft }: Props) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canSave) save.submit();
  };
  const text = (key: 'bucket' | 'account_id' | 'path' | 'role_arn' | 'endpoint') => ({
    value: form[key],
    error: problems[key] ?? fieldErrorOf(save.error, key),
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
    autoComplete: 'off',
    spellCheck: false,
  });
  const regions = [...new Set([...(options.regions ?? defaultRegions), ...(form.region ? [form.region] : [])])];
  return (
    <form onSubmit={submit} className={styles.form}>
      <TextInput label="S3 Bucket Name" description="The name of the bucket that receives the files" placeholder="acme-audit-logs" maxLength={63} {...text('bucket')} />
      <NativeSelect
        label="Region"
        description="Where the bucket is"
        value={form.region}
        error={fieldErrorOf(save.error, 'region')}
        onChange={(event) => setForm({ ...form, region: event.currentTarget.value })}
        data={[{ value: '', label: 'Choose a region' }, ...regions]}
      />
      <TextInput label="Account id" description="The bucket owner's 12-digit AWS account id (recommended)" placeholder="123456789012" inputMode="numeric" {...text('account_id')} />
      <TextInput label="File path" description="Everything is written under it; trailkeeper when left empty" placeholder="audit" maxLength={512} {...text('path')} />
      <Frequency form={form} setForm={setForm} />
      <TextInput
        label="Your own role (optional)"
        description="Its ARN; without it our common role is used, which your bucket policy lets in"
        placeholder="arn:aws:iam::123456789012:role/audit-log-writer"
        maxLength={2048}
        {...text('role_arn')}
      />
      <EndpointFields form={form} setForm={setForm} options={options} error={fieldErrorOf(save.error, 'endpoint')} />
      <div className={styles.wide}>
        {save.error !== null && (
          <ErrorNotice {...describeError(save.error)} requestId={save.error instanceof ApiError ? save.error.requestId : undefined} />
        )}
        <div className={styles.buttons}>
          <Button type="submit" variant={canSave ? 'filled' : 'default'} loading={save.isPending} disabled={!canSave}>
            {isDraft ? 'Save draft' : 'Save changes'}
          </Button>
          <span role="status" className="dim">
            {save.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </div>
    </form>
  );
}

function Frequency({ form, setForm }: Pick<Props, 'form' | 'setForm'>) {
  return (
    <Radio.Group label="Frequency" value={form.frequency} onChange={(value) => setForm({ ...form, frequency: value === 'daily' ? 'daily' : 'hourly' })}>
      <div className={styles.radios}>
        <Radio value="hourly" label="Hourly" description="The fresh entries, every hour" />
        <Radio value="daily" label="Daily" description="Around 05:00 UTC, for the UTC day before" />
      </div>
    </Radio.Group>
  );
}

// Only when the operator allows S3-compatible stores beside AWS.
function EndpointFields({ form, setForm, options, error }: Pick<Props, 'form' | 'setForm' | 'options'> & { error: string | undefined }) {
  const endpoints = [...new Set([...(options.endpoints ?? []), ...(form.endpoint ? [form.endpoint] : [])])];
  if (endpoints.length === 0) return null;
  return (
    <>
      <NativeSelect
        label="Endpoint"
        description="AWS, or a store that your vendor allows"
        value={form.endpoint}
        error={error}
        onChange={(event) => setForm({ ...form, endpoint: event.currentTarget.value })}
        data={[{ value: '', label: 'AWS' }, ...endpoints]}
      />
      <Checkbox
        label="Bucket in the path"
        description="Address the bucket as endpoint/bucket, as many S3-compatible stores need"
        checked={form.path_style}
        disabled={form.endpoint === ''}
        onChange={(event) => setForm({ ...form, path_style: event.currentTarget.checked })}
      />
    </>
  );
}
