import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { DataPack } from '~/api/operator-types';
import { Refused } from '~/features/data-packs/shared/failed';
import styles from '~/features/data-packs/data-packs.module.css';
import { texts as customer } from '~/texts/data-packs';
import { texts } from '~/texts/pack-operations';
import { bodyOf, emptyPack, formOf, isWhole, type PackForm } from './pack-form';
import { sourcesQuery, useSavePack } from './queries';

const words = texts.pack;
const choices = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }));

interface Props {
  pack: DataPack | null;
  onSaved: (id: string) => void;
}

// The definition of a pack: a draft until it is released.
export function DefinitionForm({ pack, onSaved }: Props) {
  const [id, setId] = useState(pack?.id ?? '');
  const [form, setForm] = useState(() => (pack ? formOf(pack) : emptyPack));
  const save = useSavePack();
  const sources = useQuery(sourcesQuery);
  const takesFiles = ['upload', 'folder'].includes(sources.data?.data.find((source) => source.id === form.source)?.type ?? '');
  const change = (next: PackForm) => {
    setForm(next);
    if (save.isSuccess) save.reset();
  };
  const submit = () => save.mutate({ pack: id.trim(), body: bodyOf(form, pack ?? undefined, takesFiles) }, { onSuccess: () => onSaved(id.trim()) });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {!pack && <TextInput label={words.id} description={words.idHint} maxLength={64} spellCheck={false} value={id} onChange={(event) => setId(event.currentTarget.value)} />}
      <What form={form} setForm={change} error={save.error} takesFiles={takesFiles} />
      <When form={form} setForm={change} error={save.error} />
      <div className={styles.wide}>
        <Refused error={save.error} />
        <div className={styles.buttons}>
          <Button type="submit" disabled={!isWhole(form, takesFiles) || id.trim() === ''} loading={save.isPending}>
            {pack ? words.save : words.create}
          </Button>
          <span role="status" className="dim">
            {save.isSuccess ? words.saved : ''}
          </span>
        </div>
      </div>
    </form>
  );
}

interface PartProps {
  form: PackForm;
  setForm: (form: PackForm) => void;
  error: unknown;
}

const field = ({ form, setForm, error }: PartProps, key: keyof PackForm, pointer: string) => ({
  value: form[key],
  error: fieldErrorOf(error, pointer),
  spellCheck: false,
  onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
});

function What({ takesFiles, ...props }: PartProps & { takesFiles: boolean }) {
  const sources = useQuery(sourcesQuery);
  const names = (sources.data?.data ?? []).map(({ id }) => id);
  const known = props.form.source && !names.includes(props.form.source) ? [props.form.source, ...names] : names;
  return (
    <>
      <TextInput label={words.name} maxLength={128} {...field(props, 'name', 'name')} />
      <TextInput label={words.former} description={words.formerHint} maxLength={128} {...field(props, 'former', 'former_name')} />
      <div className={styles.wide}>
        <TextInput label={words.description} maxLength={4096} {...field(props, 'description', 'description')} />
      </div>
      <NativeSelect label={words.source} data={[{ value: '', label: words.noSource }, ...known]} {...field(props, 'source', 'source/id')} />
      <div className={styles.wide}>
        {takesFiles ? (
          <TextInput label={words.files} description={words.filesHint} maxLength={128} {...field(props, 'files', 'source/files')} />
        ) : (
          <Textarea label={words.query} description={words.queryHint} className={styles.monospace ?? ''} rows={8} maxLength={65_536} {...field(props, 'query', 'source/query')} />
        )}
      </div>
      <NativeSelect label={words.format} data={choices(customer.types).filter(({ value }) => takesFiles || value !== 'other')} {...field(props, 'type', 'format/type')} />
      <NativeSelect label={words.compression} data={choices(words.compressions)} {...field(props, 'compression', 'format/compression')} />
      {!takesFiles && <NativeSelect label={words.mode} data={choices(words.modes)} {...field(props, 'mode', 'mode')} />}
      {!takesFiles && props.form.mode === 'changed' && <TextInput label={words.key} description={words.keyHint} maxLength={2048} {...field(props, 'key', 'key')} />}
      {!takesFiles && props.form.mode === 'incremental' && <TextInput label={words.column} maxLength={128} {...field(props, 'column', 'column')} />}
    </>
  );
}

function When(props: PartProps) {
  const { every } = props.form;
  return (
    <>
      <NativeSelect label={words.every} data={choices(words.everyChoices)} {...field(props, 'every', 'schedule/every')} />
      {every === 'weekly' && <NativeSelect label={words.weekday} data={choices(customer.schedule.weekdays)} {...field(props, 'weekday', 'schedule/weekday')} />}
      {every === 'monthly' && <TextInput label={words.day} description={words.dayHint} inputMode="numeric" maxLength={2} {...field(props, 'day', 'schedule/day')} />}
      {every === 'cron' ? (
        <TextInput label={words.cron} description={words.cronHint} maxLength={128} {...field(props, 'cron', 'schedule/cron')} />
      ) : (
        <TextInput label={words.at} maxLength={5} {...field(props, 'at', 'schedule/at')} />
      )}
      <TextInput label={words.zone} description={words.zoneHint} maxLength={64} {...field(props, 'zone', 'schedule/zone')} />
      <TextInput label={words.partRows} inputMode="numeric" maxLength={9} {...field(props, 'partRows', 'part_rows')} />
      <TextInput label={words.tolerance} description={words.toleranceHint} inputMode="numeric" maxLength={5} {...field(props, 'tolerance', 'size_tolerance_percent')} />
    </>
  );
}
