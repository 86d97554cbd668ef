import { NativeSelect, TextInput } from '@mantine/core';
import { changed, type PageState } from './page-state';
import { categories, outcomes, parseAuditSearch } from './search';
import { useTypedText } from './use-typed-text';
import styles from './toolbar.module.css';

const textFields = [
  { key: 'name', label: 'Name' },
  { key: 'email', label: 'Email' },
  { key: 'action', label: 'Action' },
  { key: 'area', label: 'Area' },
  { key: 'ip', label: 'IP address (exact)' },
] as const;

export function FieldFilters({ search, setSearch }: PageState) {
  // Through the parser, so that a select can only put what the address may hold.
  const choose = (change: Record<string, string | undefined>) => setSearch(parseAuditSearch({ ...search, ...change }));
  return (
    <div className={styles.fields}>
      {textFields.map(({ key, label }) => (
        <TextField key={key} label={label} value={search[key]} onCommit={(text) => setSearch(changed(search, { [key]: text }), { replace: true })} />
      ))}
      <NativeSelect
        label="Category"
        value={search.category ?? ''}
        data={optionsOf(categories, search.category)}
        onChange={(event) => choose({ category: event.currentTarget.value })}
      />
      <NativeSelect
        label="Outcome"
        value={search.outcome ?? ''}
        data={optionsOf(outcomes, search.outcome)}
        onChange={(event) => choose({ outcome: event.currentTarget.value })}
      />
    </div>
  );
}

const optionsOf = (words: Record<string, string>, chosen: string | undefined) => [
  { value: '', label: 'Any' },
  ...Object.entries(words).map(([value, label]) => ({ value, label })),
  // Several at once come from a quick filter.
  ...(chosen?.includes(',') ? [{ value: chosen, label: 'Several' }] : []),
];

interface TextFieldProps {
  label: string;
  value: string | undefined;
  onCommit: (text: string) => void;
}

function TextField({ label, value, onCommit }: TextFieldProps) {
  const typed = useTypedText(value ?? '', onCommit);
  return <TextInput label={label} maxLength={label.startsWith('IP') ? 45 : 256} {...typed} />;
}
