import { Button, Checkbox, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, describeError, fieldErrorOf } from '~/api/errors';
import type { DataPackDestination, DataPackDestinationSettings, Destination } from '~/api/types';
import { texts } from '~/texts/integrations';
import { ErrorNotice } from '~/ui/error-notice';
import { packDestinationQuery, packPreviewQuery, useAct, useSavePackDestination } from './queries';
import { placeOf } from './status';
import styles from './integrations.module.css';

const words = texts.wizard;

interface Props {
  org: string;
  destination: Destination | undefined;
  onBack: () => void;
  onNext: (() => void) | undefined; // none: it is the last step
}

const Problem = ({ error }: { error: unknown }) => (error ? <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} /> : null);

// Step 3 of the reference, for those who have data packs: where they go, and what changes for SFTP said before.
export function PacksStep(props: Props) {
  const present = useQuery(packDestinationQuery(props.org));
  if (present.isPending) return <Skeleton height={160} role="status" aria-label={texts.loading} />;
  if (present.isError) return <Problem error={present.error} />;
  return props.destination ? <Fields {...props} destination={props.destination} present={present.data} /> : null;
}

function Fields({ org, destination, present, onBack, onNext }: Props & { destination: Destination; present: DataPackDestination }) {
  const isHere = present.s3?.destination === destination.id;
  const [path, setPath] = useState(isHere ? (present.s3?.path ?? '') : '');
  const [keep, setKeep] = useState(present.keep_sftp);
  const save = useSavePackDestination(org);
  const body: DataPackDestinationSettings = { s3: { destination: destination.id, ...(path.trim() ? { path: path.trim() } : {}) }, keep_sftp: keep };
  const activate = useAct(org);
  const next = async (saves: boolean) => {
    if (saves) await save.mutateAsync(body);
    if (onNext) onNext();
    else await activate.mutateAsync({ id: destination.id, verb: 'activate' });
  };
  const go = (saves: boolean) => void next(saves).catch(() => undefined);
  return (
    <>
      <p className={styles.lead}>{words.packs.lead}</p>
      <div className={styles.form}>
        <TextInput label={words.packs.path} description={words.packs.pathHint(placeOf(destination) ?? '')} maxLength={256} spellCheck={false} autoComplete="off" error={fieldErrorOf(save.error, 's3/path')} value={path} onChange={(event) => setPath(event.currentTarget.value)} />
        <Checkbox label={words.packs.keep} description={words.packs.keepHint} checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
      </div>
      <Effects org={org} body={body} />
      <Problem error={save.error ?? activate.error} />
      <div className={styles.buttons}>
        <Button variant="default" onClick={onBack}>
          {words.back}
        </Button>
        <Button loading={save.isPending || activate.isPending} onClick={() => go(true)}>
          {onNext ? words.saveAndNext : words.finish}
        </Button>
        <Button variant="subtle" disabled={save.isPending || activate.isPending} onClick={() => go(false)}>
          {words.packs.skip}
        </Button>
      </div>
    </>
  );
}

function Effects({ org, body }: { org: string; body: DataPackDestinationSettings }) {
  const [asked] = useDebouncedValue(body, 300);
  const preview = useQuery(packPreviewQuery(org, asked));
  return (
    <section className={styles.effects} aria-label={words.packs.changes} aria-live="polite">
      <h3 className={styles.subtitle}>{words.packs.changes}</h3>
      {preview.isPending && <p className="dim">{words.packs.asking}</p>}
      <Problem error={preview.error} />
      {preview.data && (
        <ul className={styles.list}>
          {(preview.data.effects.length > 0 ? preview.data.effects : [words.packs.nothing]).map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
