import { Button, Checkbox, NativeSelect, Radio, TextInput } from '@mantine/core';
import type { SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { DestinationList } from '~/api/types';
import { texts } from '~/texts/integrations';
import { ErrorNotice } from '~/ui/error-notice';
import { defaultRegions, type FormErrors, type FormValues } from './settings-form';
import styles from './integrations.module.css';

const words = texts.settings;

interface Props {
  form: FormValues;
  setForm: (form: FormValues) => void;
  problems: FormErrors;
  options: NonNullable<DestinationList['options']>;
  save: { error: unknown; isPending: boolean; isSuccess: boolean; submit: () => void };
  canSave: boolean;
}

export function SettingsFields({ form, setForm, problems, options, save, canSave }: Props) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canSave) save.submit();
  };
  const text = (key: 'bucket' | 'account_id' | 'path' | 'role_arn' | 'endpoint' | 'kms_key') => ({
    value: form[key],
    error: problems[key] ?? fieldErrorOf(save.error, key),
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
    autoComplete: 'off',
    spellCheck: false,
  });
  const regions = [...new Set([...(options.regions ?? defaultRegions), ...(form.region ? [form.region] : [])])];
  return (
    <form onSubmit={submit} className={styles.form}>
      <TextInput label={words.bucket} description={words.bucketHint} placeholder={words.bucketExample} maxLength={63} {...text('bucket')} />
      <NativeSelect
        label={words.region}
        description={words.regionHint}
        value={form.region}
        error={fieldErrorOf(save.error, 'region')}
        onChange={(event) => setForm({ ...form, region: event.currentTarget.value })}
        data={[{ value: '', label: words.chooseRegion }, ...regions]}
      />
      <TextInput label={words.account} description={words.accountHint} placeholder={words.accountExample} inputMode="numeric" {...text('account_id')} />
      <TextInput label={words.path} description={words.pathHint} placeholder={words.pathExample} maxLength={512} {...text('path')} />
      <Frequency form={form} setForm={setForm} />
      <TextInput
        label={words.role}
        description={words.roleHint}
        placeholder={words.roleExample}
        maxLength={2048}
        {...text('role_arn')}
      />
      <EndpointFields form={form} setForm={setForm} options={options} error={fieldErrorOf(save.error, 'endpoint')} />
      <FormFields form={form} setForm={setForm} keyField={text('kms_key')} />
      <div className={styles.wide}>
        {save.error !== null && (
          <ErrorNotice {...describeError(save.error)} requestId={save.error instanceof ApiError ? save.error.requestId : undefined} />
        )}
        <div className={styles.buttons}>
          <Button type="submit" variant={canSave ? 'filled' : 'default'} loading={save.isPending} disabled={!canSave}>
            {words.saveChanges}
          </Button>
          <span role="status" className="dim">
            {save.isSuccess ? words.saved : ''}
          </span>
        </div>
      </div>
    </form>
  );
}

function Frequency({ form, setForm }: Pick<Props, 'form' | 'setForm'>) {
  return (
    <Radio.Group label={words.frequency} value={form.frequency} onChange={(value) => setForm({ ...form, frequency: value === 'daily' ? 'daily' : 'hourly' })}>
      <div className={styles.radios}>
        <Radio value="hourly" label={words.hourly} description={words.hourlyHint} />
        <Radio value="daily" label={words.daily} description={words.dailyHint} />
      </div>
    </Radio.Group>
  );
}

// In which form the objects are written.
export function FormFields({ form, setForm, keyField }: Pick<Props, 'form' | 'setForm'> & { keyField: Record<string, unknown> }) {
  const { auditLogs } = texts.wizard;
  const choice = (key: 'form' | 'compression' | 'encryption') => ({
    label: auditLogs[key].label,
    value: form[key],
    data: auditLogs[key].choices,
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
  });
  return (
    <>
      <NativeSelect {...choice('form')} />
      <NativeSelect {...choice('compression')} disabled={form.form === 'parquet'} />
      <NativeSelect {...choice('encryption')} />
      {form.encryption === 'kms' && <TextInput label={auditLogs.key} description={auditLogs.keyHint} maxLength={2048} {...keyField} />}
    </>
  );
}

// Only when the operator allows S3-compatible stores beside AWS.
function EndpointFields({ form, setForm, options, error }: Pick<Props, 'form' | 'setForm' | 'options'> & { error: string | undefined }) {
  const endpoints = [...new Set([...(options.endpoints ?? []), ...(form.endpoint ? [form.endpoint] : [])])];
  if (endpoints.length === 0) return null;
  return (
    <>
      <NativeSelect
        label={words.endpoint}
        description={words.endpointHint}
        value={form.endpoint}
        error={error}
        onChange={(event) => setForm({ ...form, endpoint: event.currentTarget.value })}
        data={[{ value: '', label: words.aws }, ...endpoints]}
      />
      <Checkbox
        label={words.pathStyle}
        description={words.pathStyleHint}
        checked={form.path_style}
        disabled={form.endpoint === ''}
        onChange={(event) => setForm({ ...form, path_style: event.currentTarget.checked })}
      />
    </>
  );
}
