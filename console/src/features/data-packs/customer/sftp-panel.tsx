import { Alert, Button, Modal, NativeSelect, PasswordInput, Skeleton, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { SftpServer } from '~/api/types';
import { sftpQuery, useCheckSftp, useConfirmHostKey, useRemoveSftp, useSaveSftp } from '~/features/data-packs/queries';
import { Failed, Refused } from '~/features/data-packs/shared/failed';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatMinute } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/data-packs';
import { OutsideText } from '~/ui/outside-text';
import { Panel } from '~/ui/page';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { bodyOf, canKeep, formOf, isWhole, type SftpForm } from './sftp-form';

const words = texts.sftp;
const tones: Record<SftpServer['state'], Tone> = { draft: 'quiet', active: 'good', suspended: 'bad' };

// The SFTP server that packs go to: its values, its key, and a check that does what a delivery does.
export function SftpPanel({ org }: { org: string }) {
  const server = useQuery(sftpQuery(org));
  if (server.isPending) return <Skeleton height={200} role="status" aria-label={texts.loading} />;
  if (server.isError) return <Failed error={server.error} onRetry={() => void server.refetch()} />;
  const state = server.data ? <StatusMark tone={tones[server.data.state]}>{words.states[server.data.state]}</StatusMark> : <StatusMark tone="quiet">{words.notSet}</StatusMark>;
  return (
    <Panel title={words.title} aside={state}>
      <div className={styles.stack}>
        <p className={styles.lead}>{words.lead}</p>
        {server.data?.detail && (
          <Alert color="red" title={<OutsideText>{server.data.detail}</OutsideText>}>
            <OutsideText>{server.data.remedy ?? ''}</OutsideText>
          </Alert>
        )}
        <Values key={server.data?.updated_at ?? ''} org={org} server={server.data} />
      </div>
    </Panel>
  );
}

function Values({ org, server }: { org: string; server: SftpServer | null }) {
  const [form, setForm] = useState(() => formOf(server));
  const save = useSaveSftp(org);
  const isDirty = JSON.stringify(form) !== JSON.stringify(formOf(server));
  const submit = () => save.mutate(bodyOf(form));
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Fields form={form} setForm={setForm} server={server} error={save.error} />
        <div className={styles.wide}>
          <Refused error={save.error} />
          <div className={styles.buttons}>
            <Button type="submit" variant={isDirty ? 'filled' : 'default'} disabled={!isDirty || !isWhole(form, server)} loading={save.isPending}>
              {words.save}
            </Button>
            {server && <Remove org={org} />}
          </div>
        </div>
      </form>
      {server && <Check org={org} server={server} isDirty={isDirty} />}
    </>
  );
}

function Fields({ form, setForm, server, error }: { form: SftpForm; setForm: (form: SftpForm) => void; server: SftpServer | null; error: unknown }) {
  const text = (key: 'host' | 'port' | 'user' | 'path') => ({
    value: form[key],
    error: fieldErrorOf(error, key),
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [key]: event.currentTarget.value }),
  });
  const keeps = canKeep(form, server);
  const methods = [...(keeps ? [{ value: 'keep', label: words.keep }] : []), { value: 'password', label: words.password }, { value: 'private_key', label: words.key }];
  const method = form.method === 'keep' && !keeps ? 'password' : form.method;
  return (
    <>
      <TextInput label={words.host} maxLength={253} {...text('host')} />
      <TextInput label={words.port} inputMode="numeric" maxLength={5} {...text('port')} />
      <TextInput label={words.user} maxLength={128} {...text('user')} />
      <TextInput label={words.path} description={words.pathHint} maxLength={512} {...text('path')} />
      <NativeSelect
        label={words.method}
        description={words.kept[server?.auth.method ?? 'none']}
        value={method}
        data={methods}
        onChange={(event) => setForm({ ...form, method: event.currentTarget.value as SftpForm['method'] })}
      />
      {method === 'password' && (
        <PasswordInput label={words.password} error={fieldErrorOf(error, 'auth/password')} maxLength={1024} autoComplete="new-password" value={form.password} onChange={(event) => setForm({ ...form, method, password: event.currentTarget.value })} />
      )}
      {method === 'private_key' && (
        <>
          <Textarea label={words.key} description={words.keyHint} className={styles.monospace ?? ''} error={fieldErrorOf(error, 'auth/private_key')} rows={4} maxLength={16_384} spellCheck={false} autoComplete="off" value={form.privateKey} onChange={(event) => setForm({ ...form, privateKey: event.currentTarget.value })} />
          <PasswordInput label={words.passphrase} maxLength={1024} autoComplete="new-password" value={form.passphrase} onChange={(event) => setForm({ ...form, passphrase: event.currentTarget.value })} />
        </>
      )}
    </>
  );
}

function Check({ org, server, isDirty }: { org: string; server: SftpServer; isDirty: boolean }) {
  const check = useCheckSftp(org);
  const confirm = useConfirmHostKey(org);
  const shown = check.data?.host_key;
  const isNew = Boolean(shown) && shown !== server.host_key;
  return (
    <div className={styles.stack}>
      <div className={styles.buttons}>
        <Button variant={server.state === 'active' || isNew ? 'default' : 'filled'} disabled={isDirty} loading={check.isPending || confirm.isPending} onClick={() => check.mutate()}>
          {words.check}
        </Button>
        <span className="dim" role="status">
          {isDirty ? words.dirty : check.isPending ? words.checking : server.checked_at ? words.checked(formatMinute(server.checked_at)) : ''}
        </span>
      </div>
      {server.host_key && (
        <div>
          <h3 className={styles.subtitle}>{words.confirmed}</h3>
          <code className={styles.code}>{server.host_key}</code>
        </div>
      )}
      {isNew && !isDirty && (
        <section className={styles.key} aria-label={words.hostKey}>
          <div className={styles.stack}>
            <h3 className={styles.subtitle}>{words.hostKey}</h3>
            <code className={styles.code}>{shown}</code>
            <p>{server.host_key ? words.changed : words.confirmText}</p>
            <div className={styles.buttons}>
              <Button {...(server.host_key ? { color: 'red' } : {})} loading={confirm.isPending} onClick={() => confirm.mutate(bodyOf({ ...formOf(server), method: 'keep' }, shown ?? undefined))}>
                {words.confirm}
              </Button>
            </div>
          </div>
        </section>
      )}
      <Refused error={check.error ?? confirm.error} />
      {!isDirty && !check.isPending && !confirm.isPending && <CheckList checks={check.data?.checks ?? server.checks} />}
    </div>
  );
}

function CheckList({ checks }: { checks: SftpServer['checks'] }) {
  if (checks.length === 0) return null;
  return (
    <ul className={styles.plain} aria-label={words.checksLabel}>
      {checks.map((check) => (
        <li key={check.name}>
          <StatusMark tone={check.ok ? 'good' : 'bad'}>
            {check.ok ? words.works : words.fails}: <strong className={styles.wrap}>{words.checks[check.name] ?? check.name}</strong>
          </StatusMark>
          {check.detail && (
            <div>
              <OutsideText>{check.detail}</OutsideText>
            </div>
          )}
          {check.remedy && (
            <div>
              {texts.runs.remedy}: <OutsideText>{check.remedy}</OutsideText>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function Remove({ org }: { org: string }) {
  const [asks, setAsks] = useState(false);
  const remove = useRemoveSftp(org);
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsks(true)}>
        {words.remove}
      </Button>
      <Modal opened={asks} onClose={() => setAsks(false)} title={words.removeTitle} closeButtonProps={{ 'aria-label': common.close }}>
        <div className={styles.stack}>
          <p>{words.removeText}</p>
          <Refused error={remove.error} />
          <div className={styles.buttons}>
            <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
              {common.cancel}
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              {words.remove}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
