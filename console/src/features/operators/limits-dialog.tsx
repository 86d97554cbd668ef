import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { Key, Limits } from '~/api/operator-types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { useChangeKey } from './queries';
import styles from './operators.module.css';

const words = texts.keys;
const fields = ['events_per_second', 'bytes_per_second', 'requests_per_second', 'burst_seconds'] as const;
type Field = (typeof fields)[number];

export function LimitsDialog({ item, onClose }: { item: Key; onClose: () => void }) {
  const change = useChangeKey();
  const [values, setValues] = useState<Record<Field, string>>(() => {
    const text = (field: Field) => item.limits?.[field]?.toString() ?? '';
    return { events_per_second: text('events_per_second'), bytes_per_second: text('bytes_per_second'), requests_per_second: text('requests_per_second'), burst_seconds: text('burst_seconds') };
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const limits: Limits = {};
    for (const field of fields) limits[field] = values[field] === '' ? null : Number(values[field]);
    change.mutate({ id: item.id, body: { limits } }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={words.limitsTitle(item.application)} closeButtonProps={{ 'aria-label': common.close }}>
      <form className={styles.form} onSubmit={submit} aria-label={words.limitsTitle(item.application)}>
        <p>{words.limitsText}</p>
        <Refused error={change.error} fields={fields.map((field) => `limits/${field}`)} />
        {fields.map((field) => (
          <TextInput
            key={field}
            type="number"
            min={1}
            max={field === 'burst_seconds' ? 3600 : 1_000_000_000}
            label={words.limitFields[field]}
            error={fieldErrorOf(change.error, `limits/${field}`)}
            value={values[field]}
            onChange={(event) => setValues({ ...values, [field]: event.currentTarget.value })}
          />
        ))}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {common.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
