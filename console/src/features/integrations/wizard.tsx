import { Alert, Anchor, Button, Checkbox, Collapse, NativeSelect, Radio, Stepper, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { Destination, DestinationList } from '~/api/types';
import { texts } from '~/texts/integrations';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { CheckList } from './checks-panel';
import { useAct, useSave, useValidate } from './queries';
import { bodyOf, defaultRegions, formOf, isSame, problemsOf, type FormErrors, type FormValues } from './settings-form';
import { PacksStep } from './packs-step';
import { FormFields } from './settings-fields';
import { SetupPanel } from './setup-panel';
import styles from './integrations.module.css';

const words = texts.wizard;
const fieldWords = texts.settings;

interface Props {
  org: string;
  id: string;
  destination: Destination | undefined;
  options: NonNullable<DestinationList['options']>;
  hasPacks: boolean;
  hasLogs: boolean;
}

// Where to go on: what was saved says how far it is.
export function stepOf(destination: Destination | undefined): number {
  if (!destination?.bucket) return 0;
  return destination.validated ? 2 : 1;
}

// Connects a bucket in steps that are saved one by one, so that it can be left and gone on with.
export function Wizard({ org, id, destination, options, hasPacks, hasLogs }: Props) {
  const [step, setStep] = useState(() => stepOf(destination));
  const saved = formOf(destination);
  const [form, setForm] = useState(saved);
  const save = useSave(org);
  const isDirty = !isSame(form, saved);
  const problems = problemsOf(form);
  const canSave = Object.keys(problems).length === 0 && form.bucket.trim() !== '';
  // Saves when there is something to save; the server's values then, since it fills in what was left empty.
  const keep = async () => {
    if (!isDirty && destination) return destination;
    const fresh = await save.mutateAsync({ id, body: bodyOf(form) });
    setForm(formOf(fresh));
    return fresh;
  };
  const shared: StepProps = { org, destination, form, setForm, problems, options, isDirty, canSave, keep, save };
  return (
    <Panel title={texts.settings.connectTitle}>
      <Stepper active={step} size="sm" aria-label={words.steps}>
        <Stepper.Step label={words.permissions.step} />
        <Stepper.Step label={words.connection.step} />
        {hasPacks && <Stepper.Step label={words.packs.step} />}
        {(hasLogs || !hasPacks) && <Stepper.Step label={words.auditLogs.step} />}
      </Stepper>
      <div className={styles.step}>
        {step === 0 && <Permissions {...shared} onNext={() => setStep(1)} />}
        {step === 1 && <ConnectionStep {...shared} onBack={() => setStep(0)} onNext={() => setStep(2)} />}
        {step === 2 && hasPacks && <PacksStep org={org} destination={destination} onBack={() => setStep(1)} onNext={hasLogs ? () => setStep(3) : undefined} />}
        {step === (hasPacks ? 3 : 2) && <AuditLogs {...shared} onBack={() => setStep(step - 1)} />}
      </div>
    </Panel>
  );
}

interface StepProps {
  org: string;
  destination: Destination | undefined;
  form: FormValues;
  setForm: (form: FormValues) => void;
  problems: FormErrors;
  options: NonNullable<DestinationList['options']>;
  isDirty: boolean;
  canSave: boolean;
  keep: () => Promise<Destination>;
  save: { error: unknown; isPending: boolean };
}

type TextKey = 'bucket' | 'account_id' | 'path' | 'role_arn' | 'kms_key';

const field = ({ form, setForm, problems, save }: StepProps, key: TextKey) => ({
  value: form[key],
  error: problems[key] ?? fieldErrorOf(save.error, key),
  onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
  autoComplete: 'off',
  spellCheck: false,
});

function SaveError({ error }: { error: unknown }) {
  if (!error) return null;
  return <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />;
}

// Step 1: the permissions, with the customer's own values in them.
function Permissions(props: StepProps & { onNext: () => void }) {
  const { form, setForm, destination, isDirty, canSave, keep, save, onNext } = props;
  const [hasRead, setHasRead] = useState(false);
  const [isOwnRole, setIsOwnRole] = useState(form.role_arn !== '');
  const isShown = destination !== undefined && !isDirty && Boolean(destination.bucket);
  return (
    <>
      <p className={styles.lead}>{words.permissions.lead}</p>
      <Radio.Group
        label={words.permissions.way}
        value={isOwnRole ? 'own' : 'common'}
        onChange={(value) => {
          setIsOwnRole(value === 'own');
          if (value !== 'own') setForm({ ...form, role_arn: '' });
        }}
      >
        <div className={styles.radios}>
          <Radio value="common" label={words.permissions.common} />
          <Radio value="own" label={words.permissions.own} />
        </div>
      </Radio.Group>
      <div className={styles.form}>
        <TextInput label={fieldWords.bucket} description={fieldWords.bucketHint} placeholder={fieldWords.bucketExample} maxLength={63} {...field(props, 'bucket')} />
        <TextInput label={fieldWords.path} description={fieldWords.pathHint} placeholder={fieldWords.pathExample} maxLength={512} {...field(props, 'path')} />
        <Region {...props} />
        {isOwnRole && <TextInput label={words.permissions.role} description={words.permissions.roleHint} placeholder={fieldWords.roleExample} maxLength={2048} {...field(props, 'role_arn')} />}
      </div>
      <SaveError error={save.error} />
      {isShown ? (
        <SetupPanel destination={destination} />
      ) : (
        <Button variant="default" disabled={!canSave} loading={save.isPending} onClick={() => void keep().catch(() => undefined)}>
          {words.permissions.show}
        </Button>
      )}
      <Checkbox label={words.permissions.read} checked={hasRead} disabled={!isShown} onChange={(event) => setHasRead(event.currentTarget.checked)} />
      <div className={styles.buttons}>
        <Button disabled={!hasRead || !isShown} onClick={onNext}>
          {words.next}
        </Button>
      </div>
    </>
  );
}

function Region({ form, setForm, options, save }: StepProps) {
  const regions = [...new Set([...(options.regions ?? defaultRegions), ...(form.region ? [form.region] : [])])];
  const endpoints = [...new Set([...(options.endpoints ?? []), ...(form.endpoint ? [form.endpoint] : [])])];
  return (
    <>
      {endpoints.length > 0 && (
        <NativeSelect
          label={fieldWords.endpoint}
          description={fieldWords.endpointHint}
          value={form.endpoint}
          error={fieldErrorOf(save.error, 'endpoint')}
          onChange={(event) => setForm({ ...form, endpoint: event.currentTarget.value, path_style: event.currentTarget.value !== '' })}
          data={[{ value: '', label: fieldWords.aws }, ...endpoints]}
        />
      )}
      <NativeSelect
        label={fieldWords.region}
        description={fieldWords.regionHint}
        value={form.region}
        error={fieldErrorOf(save.error, 'region')}
        onChange={(event) => setForm({ ...form, region: event.currentTarget.value })}
        data={[{ value: '', label: fieldWords.chooseRegion }, ...regions]}
      />
    </>
  );
}

// Step 2: what was validated is what is shown; another value ends the validation.
function ConnectionStep(props: StepProps & { onBack: () => void; onNext: () => void }) {
  const { org, form, setForm, destination, isDirty, canSave, keep, save, onBack, onNext } = props;
  const validate = useValidate(org);
  const checks = isDirty ? [] : ((validate.isSuccess ? validate.data.checks : destination?.checks) ?? []);
  const passed = !isDirty && Boolean(destination?.validated);
  const better = checks.find((check) => !check.ok && check.suggested_region)?.suggested_region;
  const run = async () => {
    const fresh = await keep();
    await validate.mutateAsync(fresh.id);
  };
  return (
    <>
      <p className={styles.lead}>{words.connection.lead}</p>
      <div className={styles.form}>
        <TextInput label={fieldWords.bucket} description={fieldWords.bucketHint} placeholder={fieldWords.bucketExample} maxLength={63} {...field(props, 'bucket')} />
        <Region {...props} />
        <TextInput label={fieldWords.account} description={fieldWords.accountHint} placeholder={fieldWords.accountExample} inputMode="numeric" {...field(props, 'account_id')} />
      </div>
      <SaveError error={save.error ?? validate.error} />
      <div className={styles.buttons}>
        <Button variant={passed ? 'default' : 'filled'} disabled={!canSave} loading={save.isPending || validate.isPending} onClick={() => void run().catch(() => undefined)}>
          {texts.validation.validate}
        </Button>
        {better && (
          <Button variant="default" onClick={() => setForm({ ...form, region: better })}>
            {words.connection.useRegion(better)}
          </Button>
        )}
        <span className="dim">{passed ? texts.validation.hints.passed : words.connection.hint}</span>
      </div>
      <div aria-live="polite" aria-busy={validate.isPending}>
        {validate.isPending ? <p className="dim">{texts.validation.running}</p> : <CheckList checks={checks} />}
      </div>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onBack}>
          {words.back}
        </Button>
        <Button disabled={!passed} onClick={onNext}>
          {words.saveAndNext}
        </Button>
      </div>
    </>
  );
}

// Step 4 of the reference: where, how often and in which form; Finish begins to deliver.
function AuditLogs(props: StepProps & { onBack: () => void }) {
  const { org, form, setForm, canSave, keep, save, onBack } = props;
  const [isAdvanced, setIsAdvanced] = useState(false);
  const [failed, setFailed] = useState(false);
  const validate = useValidate(org);
  const activate = useAct(org);
  const finish = async () => {
    setFailed(false);
    const fresh = await keep();
    // Another path or encryption is another place to write to: it is tried before anything is sent.
    if (!fresh.validated && !(await validate.mutateAsync(fresh.id)).ok) {
      setFailed(true);
      return;
    }
    await activate.mutateAsync({ id: fresh.id, verb: 'activate' });
  };
  return (
    <>
      <div className={styles.form}>
        <TextInput label={fieldWords.path} description={fieldWords.pathHint} placeholder={fieldWords.pathExample} maxLength={512} {...field(props, 'path')} />
        <Radio.Group label={fieldWords.frequency} value={form.frequency} onChange={(value) => setForm({ ...form, frequency: value === 'daily' ? 'daily' : 'hourly' })}>
          <div className={styles.radios}>
            <Radio value="hourly" label={fieldWords.hourly} description={fieldWords.hourlyHint} />
            <Radio value="daily" label={fieldWords.daily} description={fieldWords.dailyHint} />
          </div>
        </Radio.Group>
      </div>
      <Anchor component="button" type="button" aria-expanded={isAdvanced} onClick={() => setIsAdvanced(!isAdvanced)}>
        {words.auditLogs.advanced}
      </Anchor>
      <Collapse expanded={isAdvanced}>
        <div className={styles.form}>
          <FormFields form={form} setForm={setForm} keyField={field(props, 'kms_key')} />
        </div>
      </Collapse>
      <SaveError error={save.error ?? validate.error ?? activate.error} />
      {failed && (
        <Alert color="red" title={words.auditLogs.failed}>
          <CheckList checks={validate.data?.checks.filter((check) => !check.ok) ?? []} />
        </Alert>
      )}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onBack}>
          {words.back}
        </Button>
        <Button disabled={!canSave} loading={save.isPending || validate.isPending || activate.isPending} onClick={() => void finish().catch(() => undefined)}>
          {words.finish}
        </Button>
      </div>
    </>
  );
}
