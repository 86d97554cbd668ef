import type { ReactNode } from 'react';
import type { SessionOrg } from '~/api/types';
import { changed, type PageState } from '~/features/audit-logs/page-state';
import { texts } from '~/texts/audit-logs';
import { QuickFilters } from './quick-filters';
import { RangeControl } from './range-control';
import { SearchBox } from './search-box';
import { ZoneSwitch } from './zone-switch';
import styles from './toolbar.module.css';

interface Props extends PageState {
  org: SessionOrg;
  mistake: { sentence: string; at: number | null } | null;
  views: ReactNode;
  freshness: ReactNode;
}

// What is asked: text and fields, range, zone, saved views, standing questions.
export function Toolbar({ org, search, setSearch, mistake, views, freshness }: Props) {
  const onSearch = (query: string, options?: { replace: boolean }) => {
    if (query !== (search.query ?? '')) setSearch(changed(search, { query }), options);
  };
  return (
    <div className={styles.toolbar} role="search" aria-label={texts.search.region}>
      <div className={styles.row}>
        <SearchBox org={org.id} query={search.query ?? ''} onSearch={onSearch} mistake={mistake} />
        <div className={styles.controls}>
          <RangeControl org={org} search={search} setSearch={setSearch} />
          <ZoneSwitch />
          {views}
        </div>
      </div>
      <div className={styles.below}>
        <QuickFilters query={search.query ?? ''} onSearch={onSearch} />
        {freshness}
      </div>
    </div>
  );
}
