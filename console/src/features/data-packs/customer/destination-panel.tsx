import { Button, Checkbox, NativeSelect, Radio, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { DataPackDestination, Destination } from '~/api/types';
import { bucketsQuery, destinationQuery, previewQuery, useSaveDestination } from '~/features/data-packs/queries';
import { Comparisons } from '~/features/data-packs/shared/compared';
import { Failed, Refused } from '~/features/data-packs/shared/failed';
import styles from '~/features/data-packs/data-packs.module.css';
import { texts } from '~/texts/data-packs';
import { Panel } from '~/ui/page';
import { bodyOf, formOf, isSame, type DestinationForm } from './destination-form';

const words = texts.destination;

interface Props {
  org: string;
  hasS3: boolean;
  s3Link: (content: ReactNode) => ReactNode;
}

// Where packs go, and what another choice would change, said before it is made.
export function DestinationPanel(props: Props) {
  const present = useQuery(destinationQuery(props.org));
  if (present.isPending) return <Skeleton height={160} mb="md" role="status" aria-label={texts.loading} />;
  if (present.isError) return <Failed error={present.error} onRetry={() => void present.refetch()} />;
  return (
    <Panel title={words.title}>
      <div className={styles.stack}>
        <Present present={present.data} />
        <Form key={JSON.stringify(formOf(present.data))} present={present.data} {...props} />
      </div>
    </Panel>
  );
}

function Present({ present }: { present: DataPackDestination }) {
  return (
    <div>
      <h3 className={styles.subtitle}>{words.present}</h3>
      {present.places.length === 0 ? (
        <p>{words.nowhere}</p>
      ) : (
        <ul className={styles.plain}>
          {present.places.map((place) => (
            <li key={place}>
              <code className={styles.code}>{place}</code>
            </li>
          ))}
        </ul>
      )}
      <Comparisons comparisons={present.comparisons} />
    </div>
  );
}

function Form({ org, present, hasS3, s3Link }: Props & { present: DataPackDestination }) {
  const saved = formOf(present);
  const [form, setForm] = useState(saved);
  const buckets = useQuery({ ...bucketsQuery(org), enabled: hasS3 });
  const connected = (buckets.data?.data ?? []).filter(({ state, bucket }) => bucket && !['draft', 'validating', 'disabled'].includes(state));
  const save = useSaveDestination(org);
  const isDirty = !isSame(form, saved);
  const isWhole = form.to === 'sftp' || form.bucket !== '';
  const choose = (to: string) => setForm({ ...form, to: to === 's3' ? 's3' : 'sftp', bucket: form.bucket || (connected[0]?.id ?? '') });
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty && isWhole) save.mutate(bodyOf(form));
      }}
    >
      <Radio.Group label={words.choose} value={form.to} onChange={choose}>
        <div className={styles.radios}>
          <Radio value="sftp" label={words.sftp} />
          <Radio value="s3" label={words.s3} disabled={!hasS3 || connected.length === 0} />
        </div>
      </Radio.Group>
      {hasS3 && buckets.isSuccess && connected.length === 0 && (
        <p className="dim">
          {words.noBucket} {s3Link(words.toS3)}
        </p>
      )}
      {form.to === 's3' && <S3Fields form={form} setForm={setForm} buckets={connected} />}
      {isDirty && isWhole && <Effects org={org} form={form} />}
      <Refused error={save.error} />
      <div className={styles.buttons}>
        <Button type="submit" variant={isDirty ? 'filled' : 'default'} disabled={!isDirty || !isWhole} loading={save.isPending}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}

const placeOf = ({ bucket, path }: Destination): string => `s3://${bucket ?? ''}/${path ? `${path.replace(/^\/+|\/+$/g, '')}/` : ''}`;

function S3Fields({ form, setForm, buckets }: { form: DestinationForm; setForm: (form: DestinationForm) => void; buckets: Destination[] }) {
  const chosen = buckets.find(({ id }) => id === form.bucket);
  return (
    <div className={styles.form}>
      <NativeSelect label={words.bucket} value={form.bucket} onChange={(event) => setForm({ ...form, bucket: event.currentTarget.value })} data={buckets.map((item) => ({ value: item.id, label: placeOf(item) }))} />
      <TextInput label={words.path} description={words.pathHint(chosen ? placeOf(chosen) : '')} maxLength={256} value={form.path} spellCheck={false} onChange={(event) => setForm({ ...form, path: event.currentTarget.value })} />
      <Checkbox label={words.keep} description={words.keepHint} checked={form.keepSftp} onChange={(event) => setForm({ ...form, keepSftp: event.currentTarget.checked })} />
      <TextInput type="datetime-local" label={words.compare} description={words.compareHint} value={form.compareUntil} disabled={form.keepSftp} onChange={(event) => setForm({ ...form, compareUntil: event.currentTarget.value })} />
    </div>
  );
}

function Effects({ org, form }: { org: string; form: DestinationForm }) {
  const [body] = useDebouncedValue(bodyOf(form), 300);
  const preview = useQuery(previewQuery(org, body));
  return (
    <section className={styles.effects} aria-label={words.preview} aria-live="polite">
      <h3>{words.preview}</h3>
      {preview.isPending && <p className="dim">{words.previewing}</p>}
      <Refused error={preview.error} />
      {preview.data && (
        <ul className={styles.list}>
          {(preview.data.effects.length > 0 ? preview.data.effects : [words.nothing]).map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
