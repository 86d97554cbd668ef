import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { SessionOrg } from '~/api/types';
import { serverNowMs } from '~/lib/server-clock';
import { FilterIcon, SearchIcon } from '~/ui/icons';
import { CustomRange } from './custom-range';
import { FieldFilters } from './field-filters';
import { changed, type PageState } from './page-state';
import { QuickFilters } from './quick-filters';
import { defaultRange, namedTimesOf, rangeLabel, rangesWithin } from './ranges';
import { useTypedText } from './use-typed-text';
import { filterOf } from './search';
import styles from './toolbar.module.css';

interface Props extends PageState {
  org: SessionOrg;
}

const custom = 'custom';

// On a narrow screen the fields would push the list out of sight; the pills say what is set.
const hasRoom = () => window.matchMedia('(min-width: 48em)').matches;

export function Toolbar({ org, search, setSearch, freshness }: Props & { freshness: ReactNode }) {
  const inFields = Object.keys(filterOf(search)).some((key) => key !== 'q');
  const [showsFields, setShowsFields] = useState(inFields && hasRoom());
  const typed = useTypedText(search.q ?? '', (q) => setSearch(changed(search, { q: q || undefined }), { replace: true }));
  return (
    <div className={styles.toolbar} role="search" aria-label="Search the audit log">
      <div className={styles.row}>
        <TextInput
          type="search"
          className={styles.search ?? ''}
          aria-label="Search name, email, action or area"
          placeholder="Name, email, action or area"
          leftSection={<SearchIcon />}
          maxLength={256}
          data-search
          {...typed}
        />
        <RangeSelect org={org} search={search} setSearch={setSearch} />
        <Button
          variant="default"
          leftSection={<FilterIcon />}
          aria-expanded={showsFields}
          aria-controls="field-filters"
          onClick={() => setShowsFields(!showsFields)}
        >
          Filters
        </Button>
      </div>
      {(search.from ?? search.to) && <CustomRange org={org} search={search} setSearch={setSearch} />}
      <div className={styles.below}>
        <QuickFilters search={search} setSearch={setSearch} />
        {freshness}
      </div>
      <div id="field-filters">{showsFields && <FieldFilters search={search} setSearch={setSearch} />}</div>
    </div>
  );
}

function RangeSelect({ org, search, setSearch }: Props) {
  const usual = defaultRange(org.viewing_window_days);
  const isCustom = search.from !== undefined || search.to !== undefined;
  const choices = rangesWithin(org.viewing_window_days);
  if (search.range && !choices.includes(search.range)) choices.push(search.range);
  const choose = (value: string) => {
    const none = { range: undefined, from: undefined, to: undefined };
    if (value === custom) {
      const { from } = namedTimesOf(search, org.viewing_window_days, serverNowMs());
      setSearch(changed(search, { ...none, from }));
    } else setSearch(changed(search, { ...none, range: value === usual ? undefined : value }));
  };
  return (
    <NativeSelect
      aria-label="Date range"
      className={styles.range ?? ''}
      value={isCustom ? custom : (search.range ?? usual)}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[...choices.map((value) => ({ value, label: rangeLabel(value) })), { value: custom, label: 'Custom range' }]}
    />
  );
}
