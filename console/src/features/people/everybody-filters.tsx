import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useId, useState } from 'react';
import { texts } from '~/texts/people';
import { SearchIcon } from '~/ui/icons';
import { parseEverybodySearch, type EverybodySearch } from './everybody-search';
import { orgNamesQuery } from './queries';
import styles from './people.module.css';

const words = texts.everybody;

interface Props {
  search: EverybodySearch;
  setSearch: (search: EverybodySearch) => void;
}

const optionsOf = (any: string, labels: Record<string, string>) => [{ value: '', label: any }, ...Object.entries(labels).map(([value, label]) => ({ value, label }))];

export function EverybodyFilters({ search, setSearch }: Props) {
  const [text, setText] = useState(search.q ?? '');
  const change = (part: Record<string, unknown>) => setSearch(parseEverybodySearch({ ...search, ...part }));
  const select = (name: 'role' | 'state' | 'factor' | 'quiet', label: string, any: string, labels: Record<string, string>) => (
    <NativeSelect label={label} value={search[name] ?? ''} data={optionsOf(any, labels)} onChange={(event) => change({ [name]: event.currentTarget.value })} />
  );
  return (
    <div className={styles.filters} role="search" aria-label={words.filters}>
      <TextInput
        className={styles.find ?? ''}
        type="search"
        label={words.find}
        leftSection={<SearchIcon size={14} />}
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          change({ q: event.currentTarget.value.trim() });
        }}
      />
      <OrgFilter org={search.org ?? ''} onOrg={(org) => change({ org })} />
      {select('role', texts.list.columns.role, words.any, texts.role)}
      {select('state', words.state, words.any, words.states)}
      {select('factor', texts.list.columns.factor, words.any, words.factors)}
      {select('quiet', texts.list.columns.lastSignIn, words.anyTime, words.quiet)}
      <Checkbox className={styles.beside ?? ''} label={words.operatorsOnly} checked={search.operators === 'true'} onChange={(event) => change({ operators: String(event.currentTarget.checked) })} />
    </div>
  );
}

// An organization by its id or its whole name, found as one types.
function OrgFilter({ org, onOrg }: { org: string; onOrg: (org: string) => void }) {
  const [text, setText] = useState(org);
  const listId = useId();
  const typed = useDeferredValue(text.trim());
  const orgs = useQuery(orgNamesQuery(typed));
  const named = (value: string) => orgs.data?.find(({ id, name }) => id === value || name === value)?.id;
  const found = typed === '' ? '' : named(typed);
  // The names come after the typing.
  useEffect(() => {
    if (found !== undefined && found !== org) onOrg(found);
  }, [found, org, onOrg]);
  const isUnknown = found === undefined && orgs.isSuccess && !orgs.isPlaceholderData;
  return (
    <>
      <TextInput type="search" label={words.org} list={listId} autoComplete="off" maxLength={200} error={isUnknown && words.unknownOrg} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <datalist id={listId}>
        {orgs.data?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
