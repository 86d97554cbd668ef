import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SessionOrg } from '~/api/types';
import { serverNowMs } from '~/lib/server-clock';
import { formatMinute, fromInputValue, toInputValue } from '~/lib/time';
import { changed, type PageState } from './page-state';
import { windowStart } from './ranges';
import styles from './toolbar.module.css';

interface Props extends PageState {
  org: SessionOrg;
}

export function CustomRange({ org, search, setSearch }: Props) {
  const [earliest] = useState(() => windowStart(org.viewing_window_days, serverNowMs()));
  const problem = problemOf(search.from, search.to, earliest);
  return (
    <div>
      <div className={styles.row}>
        <TimeField label="From (UTC)" value={search.from} min={earliest} onCommit={(from) => setSearch(changed(search, { from }))} />
        <TimeField label="To (UTC)" value={search.to} min={earliest} onCommit={(to) => setSearch(changed(search, { to }))} />
      </div>
      <small className={problem ? '' : 'dim'} role={problem ? 'alert' : undefined}>
        {problem ?? `From is included, To is not; an empty To is open. Your organisation sees entries since ${formatMinute(earliest)}.`}
      </small>
    </div>
  );
}

function problemOf(from: string | undefined, to: string | undefined, earliest: string): string | null {
  if (from && to && from >= to) return 'From is not before To: nothing can be found.';
  if (to && to <= earliest) return `Your organisation sees entries since ${formatMinute(earliest)} only.`;
  return null;
}

interface FieldProps {
  label: string;
  value: string | undefined;
  min: string;
  onCommit: (iso: string | undefined) => void;
}

// A native field in UTC. Goes on when it holds a whole time or is emptied.
function TimeField({ label, value, min, onCommit }: FieldProps) {
  const [text, setText] = useState(value ? toInputValue(value) : '');
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value ? toInputValue(value) : '');
  }
  const change = (next: string) => {
    setText(next);
    const iso = fromInputValue(next);
    if (iso) onCommit(iso);
  };
  const leave = () => {
    if (text === '' && value) onCommit(undefined);
  };
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      min={toInputValue(min)}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={leave}
    />
  );
}
