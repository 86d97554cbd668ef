import { Button, Checkbox, Modal, Radio, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { fieldErrorOf } from '~/api/errors';
import type { NewKey, Scope } from '~/api/operator-types';
import { fromInputValue } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { Refused } from './failed';
import { MadeKey } from './made-key';
import { useCreateKey } from './queries';
import styles from './operators.module.css';

const words = texts.keys;
const scopes: Scope[] = ['ingest', 'read', 'manage'];

interface Props {
  org: string | null; // null: asks for which
  onClose: () => void;
}

export function KeyDialog({ org, onClose }: Props) {
  const create = useCreateKey();
  const [application, setApplication] = useState('');
  const [name, setName] = useState('');
  const [whom, setWhom] = useState(org === null ? 'all' : 'one');
  const [orgId, setOrgId] = useState(org ?? '');
  const [chosen, setChosen] = useState<Scope[]>(['ingest']);
  const [until, setUntil] = useState('');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const expires = fromInputValue(until);
    const body: NewKey = {
      application: application.trim(),
      scopes: chosen,
      ...(whom === 'all' ? { all_orgs: true } : { org: orgId.trim() }),
      ...(name.trim() ? { name: name.trim() } : {}),
      ...(expires ? { expires_at: expires } : {}),
    };
    create.mutate(body);
  };
  const toggle = (scope: Scope, on: boolean) => setChosen(scopes.filter((item) => (item === scope ? on : chosen.includes(item))));
  const close = { 'aria-label': common.close };
  if (create.isSuccess) {
    return (
      <Modal opened onClose={onClose} closeOnClickOutside={false} title={words.newTitle} closeButtonProps={close}>
        <MadeKey text={create.data.key} onClose={onClose} />
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={words.newTitle} closeButtonProps={close}>
      <form className={styles.form} onSubmit={submit} aria-label={words.newTitle}>
        <Refused error={create.error} fields={['org', 'expires_at']} />
        <TextInput label={words.application} description={words.applicationHint} required withAsterisk={false} data-autofocus maxLength={100} value={application} onChange={(event) => setApplication(event.currentTarget.value)} />
        <TextInput label={words.name} description={words.nameHint} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        {org === null && (
          <Radio.Group label={words.for} value={whom} onChange={setWhom}>
            <div className={styles.form} style={{ marginTop: '0.5rem' }}>
              <Radio value="all" label={texts.all} />
              <Radio value="one" label={words.oneOrg} />
            </div>
          </Radio.Group>
        )}
        {org === null && whom === 'one' && (
          <TextInput label={words.orgId} required withAsterisk={false} maxLength={64} error={fieldErrorOf(create.error, 'org')} value={orgId} onChange={(event) => setOrgId(event.currentTarget.value)} />
        )}
        <fieldset>
          <legend>{words.scopesLabel}</legend>
          {scopes.map((scope) => (
            <Checkbox key={scope} label={words.scopeMeans[scope]} checked={chosen.includes(scope)} onChange={(event) => toggle(scope, event.currentTarget.checked)} />
          ))}
        </fieldset>
        <TextInput type="datetime-local" label={words.expires} description={words.expiresHint} error={fieldErrorOf(create.error, 'expires_at')} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" disabled={chosen.length === 0} loading={create.isPending}>
            {words.submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
