import { Button, CloseButton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { texts } from '~/texts/s3';
import { OutsideText } from '~/ui/outside-text';
import { valuesQuery } from './queries';
import styles from './integrations.module.css';

const words = texts.filter;
const pauseMs = 200;

interface Props {
  org: string;
  field: 'action' | 'area'; // whose values are offered
  label: string;
  description: string;
  values: string[];
  onChange: (values: string[]) => void;
}

// Values that are typed, with those that occur as offers.
export function WordList({ org, field, label, description, values, onChange }: Props) {
  const [text, setText] = useState('');
  const id = useId();
  const [prefix] = useDebouncedValue(text.trim(), pauseMs);
  const offers = useQuery(valuesQuery(org, field, prefix));
  const add = () => {
    const value = text.trim();
    if (value && !values.includes(value)) onChange([...values, value]);
    setText('');
  };
  return (
    <div>
      <div className={styles.inline}>
        <TextInput
          label={label}
          description={description}
          list={id}
          value={text}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          className={styles.grow ?? ''}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <datalist id={id}>
          {(offers.data?.data ?? []).map((offer) => (
            <option key={offer.value} value={offer.value}>
              {offer.label ?? offer.value}
            </option>
          ))}
        </datalist>
        <Button variant="default" disabled={text.trim() === ''} aria-label={words.addTo(label)} onClick={add}>
          {words.add}
        </Button>
      </div>
      {values.length > 0 && (
        <ul className={styles.words} aria-label={label}>
          {values.map((value) => (
            <li key={value}>
              <OutsideText>{value}</OutsideText>
              <CloseButton size="sm" aria-label={words.remove(value)} onClick={() => onChange(values.filter((item) => item !== value))} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
