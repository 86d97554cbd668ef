import { Button, Checkbox, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { ActionSettings, ListedAction } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { useRemoveAction, useSaveAction } from './queries';
import styles from './operators.module.css';

const words = texts.actions;

interface Props {
  action: ListedAction | null; // null: a new one
  onClose: () => void;
  onDone: (sentence: string) => void;
}

const options = (names: Record<string, string>, none?: string) => [...(none === undefined ? [] : [{ value: '', label: none }]), ...Object.entries(names).map(([value, label]) => ({ value, label }))];

// What is left empty stays away: the event then says it itself, or nobody does.
function settingsOf(values: Record<string, string>, critical: boolean): ActionSettings {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
  return { ...(given as Omit<ActionSettings, 'critical'>), critical };
}

export function ActionDialog({ action, onClose, onDone }: Props) {
  const save = useSaveAction();
  const remove = useRemoveAction();
  const [name, setName] = useState(action?.action ?? '');
  const [values, setValues] = useState<Record<string, string>>({
    label: action?.label ?? '',
    area: action?.area ?? '',
    category: action?.category ?? '',
    crud: action?.crud ?? '',
    description: action?.description ?? '',
    enforce: action?.enforce ?? 'reject',
  });
  const [critical, setCritical] = useState(action?.critical ?? false);
  const set = (field: string) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setValues((before) => ({ ...before, [field]: value }));
  };
  const finish = (sentence: string) => () => {
    onDone(sentence);
    onClose();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const id = name.trim();
    save.mutate({ action: id, body: settingsOf(values, critical) }, { onSuccess: finish(words.saved(id)) });
  };
  const title = words.editTitle(action?.action ?? '');
  const text = (field: string) => ({ value: values[field] ?? '', onChange: set(field), error: fieldErrorOf(save.error, field) });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': common.close }}>
      <form className={styles.form} onSubmit={submit} aria-label={title}>
        <Refused error={save.error ?? remove.error} fields={Object.keys(values)} />
        {!action && <TextInput label={words.fields.action} description={words.fields.actionHint} required withAsterisk={false} data-autofocus maxLength={256} value={name} onChange={(event) => setName(event.currentTarget.value)} />}
        <TextInput label={words.fields.label} description={words.fields.labelHint} maxLength={256} {...text('label')} />
        <TextInput label={words.fields.area} maxLength={256} {...text('area')} />
        <div className={styles.pair}>
          <NativeSelect label={words.fields.category} data={options(words.category, words.fields.categoryNone)} {...text('category')} />
          <NativeSelect label={words.fields.crud} data={options(words.crud, words.fields.crudNone)} {...text('crud')} />
        </div>
        <Checkbox label={words.fields.critical} description={words.fields.criticalHint} checked={critical} onChange={(event) => setCritical(event.currentTarget.checked)} />
        <Textarea label={words.fields.description} maxLength={2000} autosize={false} rows={2} {...text('description')} />
        <NativeSelect label={words.fields.enforce} data={options(words.enforce)} {...text('enforce')} />
        <div className={styles.buttons}>
          {action?.registered && (
            <Button className={styles.apart ?? ''} variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate(action.action, { onSuccess: finish(words.removed(action.action)) })}>
              {words.remove}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {words.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
