import { Button, Modal, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { DataSource, DataSourceSettings } from '~/api/operator-types';
import { Refused } from '~/features/data-packs/shared/failed';
import styles from '~/features/data-packs/data-packs.module.css';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/pack-operations';
import { useSaveSource } from './queries';

const words = texts.sources;
const types = ['postgresql', 'mariadb', 'clickhouse', 's3', 'http', 'files', 'upload', 'folder'] as const;
type Field = 'host' | 'database' | 'user';
// The vendor brings files there; nothing else is said of it.
const takesFiles = (type: DataSourceSettings['type']): boolean => type === 'upload' || type === 'folder';
// What cannot be left empty; the other fields of files are not asked for at all.
const needed = (type: DataSourceSettings['type']): Field[] =>
  takesFiles(type) ? [] : type === 'files' ? ['database'] : type === 's3' ? ['host', 'database'] : type === 'http' ? ['host'] : ['host', 'database', 'user'];
type Tls = NonNullable<DataSourceSettings['tls']>;

// A source; its password goes in and never comes out.
export function SourceDialog({ source, onClose }: { source: DataSource | null; onClose: () => void }) {
  const save = useSaveSource();
  const [id, setId] = useState(source?.id ?? '');
  const [form, setForm] = useState({
    type: source?.type ?? 'postgresql',
    host: source?.host ?? '',
    port: source?.port ? String(source.port) : '',
    database: source?.database ?? '',
    user: source?.user ?? '',
    password: '',
    tls: source?.tls ?? 'verify',
    ca: source?.ca ?? '',
  });
  const text = (key: 'host' | 'port' | 'database' | 'user') => ({
    value: form[key],
    error: fieldErrorOf(save.error, key),
    spellCheck: false,
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
  });
  const body = (): DataSourceSettings => takesFiles(form.type) ? { type: form.type } : ({
    type: form.type,
    ...(form.host.trim() ? { host: form.host.trim() } : {}),
    ...(form.database.trim() ? { database: form.database.trim() } : {}),
    ...(form.user.trim() ? { user: form.user.trim() } : {}),
    tls: form.tls,
    ...(form.port.trim() ? { port: Number(form.port) } : {}),
    ...(form.password ? { password: form.password } : {}),
    ...(form.ca.trim() ? { ca: form.ca } : {}),
  });
  const isWhole = id.trim() !== '' && needed(form.type).every((field) => form[field].trim() !== '');
  const hasServer = form.type !== 'files' && !takesFiles(form.type);
  const labels = words.locations[form.type];
  return (
    <Modal opened onClose={onClose} size="lg" title={source ? words.editTitle(source.id) : words.newTitle} closeButtonProps={{ 'aria-label': common.close }}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ source: id.trim(), body: body() }, { onSuccess: onClose });
        }}
      >
        {!source && <TextInput label={words.id} maxLength={64} spellCheck={false} data-autofocus value={id} onChange={(event) => setId(event.currentTarget.value)} />}
        <NativeSelect label={words.type} value={form.type} data={types.map((value) => ({ value, label: words.types[value] ?? value }))} onChange={(event) => setForm({ ...form, type: event.currentTarget.value as DataSourceSettings['type'] })} />
        {form.type === 'upload' && <p className={styles.wide}>{words.uploadHint}</p>}
        {hasServer && <TextInput label={words.host} description={labels?.host ?? words.hostHint} maxLength={255} {...text('host')} />}
        {hasServer && <TextInput label={words.port} description={words.portHint} inputMode="numeric" maxLength={5} {...text('port')} />}
        {!takesFiles(form.type) && <TextInput label={labels?.database ?? words.database} {...(labels ? { description: labels.databaseHint } : {})} maxLength={255} {...text('database')} />}
        {hasServer && <TextInput label={labels?.user ?? words.user} maxLength={255} {...text('user')} />}
        {hasServer && <PasswordInput label={labels?.password ?? words.password} {...(source?.has_password ? { description: words.passwordKept } : {})} autoComplete="new-password" maxLength={1024} value={form.password} onChange={(event) => setForm({ ...form, password: event.currentTarget.value })} />}
        {hasServer && <NativeSelect label={words.tls} value={form.tls} data={Object.entries(words.tlsChoices).filter(([value]) => !labels || value !== 'require').map(([value, label]) => ({ value, label }))} onChange={(event) => setForm({ ...form, tls: event.currentTarget.value as Tls })} />}
        {hasServer && form.tls === 'verify' && <Textarea label={words.ca} description={words.caHint} className={styles.monospace ?? ''} rows={3} maxLength={16_384} spellCheck={false} value={form.ca} onChange={(event) => setForm({ ...form, ca: event.currentTarget.value })} />}
        <div className={styles.wide}>
          <Refused error={save.error} />
          <div className={styles.buttons}>
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" disabled={!isWhole} loading={save.isPending}>
              {words.save}
            </Button>
          </div>
        </div>
      </form>
    </Modal>
  );
}
