import { Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import type { SessionOrg } from '~/api/types';
import { namedTimesOf, windowStart } from '~/features/audit-logs/ranges';
import type { AuditSearch } from '~/features/audit-logs/search';
import { serverNowMs } from '~/lib/server-clock';
import { formatMinute, fromInputValue, offsetName, toInputValue } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { useZone } from '~/ui/zone';
import styles from './toolbar.module.css';

interface Props {
  org: SessionOrg;
  search: AuditSearch;
  onApply: (range: { from: string | undefined; to: string | undefined }) => void;
}

// From and To in the zone that is shown; native fields, which every platform knows how to fill in.
export function CustomRange({ org, search, onApply }: Props) {
  const { zone } = useZone();
  const [earliest] = useState(() => windowStart(org.viewing_window_days, serverNowMs()));
  const [start] = useState(() => namedTimesOf(search, org.viewing_window_days, serverNowMs()).from);
  const [from, setFrom] = useState(() => toInputValue(search.from ?? start, zone));
  const [to, setTo] = useState(() => (search.to ? toInputValue(search.to, zone) : ''));
  const range = { from: fromInputValue(from, zone) ?? undefined, to: fromInputValue(to, zone) ?? undefined };
  // Whole minutes: seconds here would make the fields ask for them.
  const least = toInputValue(earliest, zone).slice(0, 16);
  const problem = problemOf(range.from, range.to, earliest, zone);
  const apply = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!problem && (range.from ?? range.to)) onApply(range);
  };
  return (
    <form noValidate className={styles.custom} aria-label={texts.range.custom} onSubmit={apply}>
      <TextInput
        type="datetime-local"
        label={texts.range.from(offsetName(range.from ?? earliest, zone))}
        value={from}
        min={least}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={texts.range.to(offsetName(range.to ?? earliest, zone))}
        value={to}
        min={least}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <small className={problem ? styles.problem : 'dim'} role={problem ? 'alert' : undefined}>
        {problem ?? texts.range.rule(formatMinute(earliest, zone))}
      </small>
      <Button type="submit" size="xs" disabled={problem !== null || !(range.from ?? range.to)}>
        {texts.range.apply}
      </Button>
    </form>
  );
}

function problemOf(from: string | undefined, to: string | undefined, earliest: string, zone: string): string | null {
  if (from && to && from >= to) return texts.range.reversed;
  if (to && to <= earliest) return texts.range.tooOld(formatMinute(earliest, zone));
  return null;
}
