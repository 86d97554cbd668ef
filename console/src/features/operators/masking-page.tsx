import { Button, Checkbox, Skeleton, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import type { Masking } from '~/api/operator-types';
import { texts } from '~/texts/operators';
import { Page, Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { Failed, Refused } from './failed';
import { maskingQuery, useSaveMasking } from './queries';
import styles from './operators.module.css';

const words = texts.masking;

export function MaskingPage() {
  const masking = useQuery(maskingQuery);
  return (
    <Page title={words.title} intro={words.intro}>
      <Panel>
        {masking.isPending && <Skeleton height={280} role="status" aria-label={words.loading} />}
        {masking.isError && <Failed error={masking.error} onRetry={() => void masking.refetch()} />}
        {masking.data && <MaskingForm masking={masking.data} />}
      </Panel>
    </Page>
  );
}

const asText = (names: string[]) => names.join('\n');
const asNames = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const listOf = (names: string[] | string | undefined) => (typeof names === 'string' ? [names] : (names ?? []));

function MaskingForm({ masking }: { masking: Masking }) {
  const save = useSaveMasking();
  const [fields, setFields] = useState(asText(masking.fields));
  const [drop, setDrop] = useState(asText(masking.drop_fields));
  const [cards, setCards] = useState(masking.card_numbers);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({ fields: asNames(fields), drop_fields: asNames(drop), card_numbers: cards });
  };
  const reset = () => {
    setFields(asText(listOf(masking.configured.fields)));
    setDrop(asText(listOf(masking.configured.drop_fields)));
    setCards(masking.configured.card_numbers);
  };
  return (
    <form className={`${styles.form ?? ''} ${styles.narrow ?? ''}`} onSubmit={submit} aria-label={words.title}>
      <p className="dim">{masking.source === 'configuration' ? words.fromConfiguration : words.fromInterface}</p>
      <Refused error={save.error} />
      <Textarea label={words.fields} description={words.fieldsHint} rows={8} value={fields} onChange={(event) => setFields(event.currentTarget.value)} />
      <Textarea label={words.drop} description={words.dropHint} rows={3} value={drop} onChange={(event) => setDrop(event.currentTarget.value)} />
      <Checkbox label={words.cards} checked={cards} onChange={(event) => setCards(event.currentTarget.checked)} />
      <p className="dim">{words.vendor}</p>
      <p role="status" className={styles.status}>
        {save.isSuccess && <StatusMark tone="good">{words.saved}</StatusMark>}
      </p>
      <div className={styles.buttons}>
        <Button variant="default" onClick={reset}>
          {words.reset}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}
