import { Button, Checkbox, Code, NativeSelect, Pill, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { Role, SignInSettings } from '~/api/types';
import { texts as people } from '~/texts/people';
import { texts } from '~/texts/sign-in-settings';
import { CopyButton } from '~/ui/copy-button';
import { ErrorNotice } from '~/ui/error-notice';
import { SecretInput } from '~/ui/secret-input';
import { useSaveSignIn } from './queries';
import { grantable } from './roles';
import { bodyOf, formOf, keepsSecret, type SignInForm } from './sign-in-form';
import styles from './people.module.css';

interface Props {
  org: string;
  settings: SignInSettings;
  isReadOnly: boolean;
}

export function SignInFields({ org, settings, isReadOnly }: Props) {
  const [form, setForm] = useState(() => formOf(settings));
  const save = useSaveSignIn(org);
  const change = (part: Partial<SignInForm>) => setForm({ ...form, ...part });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // The secret is typed anew for the next change.
    save.mutate(bodyOf(form), { onSuccess: (fresh) => setForm(formOf(fresh)) });
  };
  const errorOf = (field: string) => fieldErrorOf(save.error, field);
  const hasFieldError = ['issuer', 'client_id', 'client_secret', 'required'].some(errorOf);
  const isKept = keepsSecret(form, settings);
  return (
    <form className={styles.form} onSubmit={submit} aria-label={texts.title}>
      <section className={styles.step}>
        <h3>{texts.step1}</h3>
        <p>{texts.step1Text}</p>
        <div className={styles.value}>
          <Code>{settings.redirect_uri}</Code>
          <CopyButton text={settings.redirect_uri} label={texts.copyRedirect} />
        </div>
      </section>
      <h3>{texts.step2}</h3>
      {save.isError && !hasFieldError && <ErrorNotice {...describeError(save.error)} requestId={save.error instanceof ApiError ? save.error.requestId : undefined} />}
      <TextInput
        label={texts.issuer}
        description={texts.issuerHint}
        type="url"
        required
        withAsterisk={false}
        maxLength={2048}
        readOnly={isReadOnly}
        error={errorOf('issuer')}
        value={form.issuer}
        onChange={(event) => change({ issuer: event.currentTarget.value })}
      />
      <TextInput
        label={texts.clientId}
        required
        withAsterisk={false}
        maxLength={256}
        readOnly={isReadOnly}
        error={errorOf('client_id')}
        value={form.clientId}
        onChange={(event) => change({ clientId: event.currentTarget.value })}
      />
      {!isReadOnly && (
        <>
          <SecretInput
            label={texts.secret}
            description={isKept ? texts.secretKept : settings.has_client_secret ? texts.secretAgain : texts.secretHint}
            autoComplete="off"
            maxLength={1024}
            disabled={form.isPublic}
            required={!isKept && !form.isPublic}
            error={errorOf('client_secret')}
            value={form.isPublic ? '' : form.secret}
            onChange={(event) => change({ secret: event.currentTarget.value })}
          />
          <Checkbox label={texts.public} checked={form.isPublic} onChange={(event) => change({ isPublic: event.currentTarget.checked })} />
        </>
      )}
      <Domains domains={form.domains} isReadOnly={isReadOnly} setDomains={(domains) => change({ domains })} />
      <NativeSelect
        label={texts.role}
        className={styles.firstRole ?? ''}
        disabled={isReadOnly}
        data={grantable('admin').map((role) => ({ value: role, label: people.role[role] }))}
        value={form.role}
        onChange={(event) => change({ role: event.currentTarget.value as Role })}
      />
      <Checkbox
        label={texts.required}
        description={texts.requiredHint}
        disabled={isReadOnly || (settings.last_sign_in_at === null && !form.required)}
        error={errorOf('required')}
        checked={form.required}
        onChange={(event) => change({ required: event.currentTarget.checked })}
      />
      {!isReadOnly && (
        <div className={styles.row}>
          <Button type="submit" loading={save.isPending}>
            {texts.save}
          </Button>
        </div>
      )}
    </form>
  );
}

interface DomainsProps {
  domains: string[];
  isReadOnly: boolean;
  setDomains: (domains: string[]) => void;
}

// They are the vendor's to add; taking one away is the customer's right.
function Domains({ domains, isReadOnly, setDomains }: DomainsProps) {
  return (
    <section className={styles.step} aria-label={texts.domains}>
      <h3>{texts.domains}</h3>
      <p className="dim">{texts.domainsHint}</p>
      {domains.length === 0 ? (
        <p>{texts.domainsNone}</p>
      ) : (
        <ul className={styles.domains}>
          {domains.map((domain) => (
            <li key={domain}>
              <Pill
                withRemoveButton={!isReadOnly}
                removeButtonProps={{ 'aria-label': texts.dropDomain(domain), tabIndex: 0, 'aria-hidden': false }}
                onRemove={() => setDomains(domains.filter((item) => item !== domain))}
              >
                {domain}
              </Pill>
            </li>
          ))}
        </ul>
      )}
      <p className="dim">{texts.domainsAsk}</p>
    </section>
  );
}
