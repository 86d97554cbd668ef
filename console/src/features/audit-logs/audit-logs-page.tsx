import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { ApiError } from '~/api/errors';
import type { EventQuery, SessionOrg } from '~/api/types';
import { serverNowMs } from '~/lib/server-clock';
import { FacetPanel } from './facets/facet-panel';
import { Histogram } from './histogram/histogram';
import { EntryList } from './list/entry-list';
import { useEntryKeys } from './list/use-entry-keys';
import { useEventList, type EventList } from './list/use-event-list';
import { useLayout } from './list/use-layout';
import { changed, type PageState } from './page-state';
import { mistakeAt } from './query/completion';
import { rangeProblem, timesOf, windowStart, withinWindow } from './ranges';
import { queryOf } from './search';
import { Freshness } from './toolbar/freshness';
import { Toolbar } from './toolbar/toolbar';
import { WrongRange } from './toolbar/wrong-range';
import { ValueMenu } from './value-menu';
import { ViewsMenu } from './views/views-menu';
import styles from './audit-logs-page.module.css';

// What is not seen at once comes after what is.
const loadDrawer = () => import('./entry/entry-drawer');
const EntryDrawer = lazy(async () => ({ default: (await loadDrawer()).EntryDrawer }));
const SearchHelp = lazy(async () => ({ default: (await import('./toolbar/search-help')).SearchHelp }));

interface Props extends PageState {
  org: SessionOrg;
}

export function AuditLogsPage({ org, search: asked, setSearch }: Props) {
  const days = org.viewing_window_days;
  const search = withinWindow(asked, days);
  const [openedMs] = useState(serverNowMs);
  const problem = rangeProblem(search, days, openedMs);
  if (problem) return <WrongRange org={org} search={search} setSearch={setSearch} problem={problem} earliest={windowStart(days, openedMs)} />;
  return <Log org={org} search={search} setSearch={setSearch} />;
}

function Log({ org, search, setSearch }: Props) {
  const query = useStableQuery(org, search);
  const list = useEventList(org.id, query);
  const [layout, setLayout] = useLayout();
  const [active, setActive] = useState<string | null>(null);
  const hasRoom = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false });
  const text = search.query ?? '';
  const open = (id: string | undefined) => {
    if (id !== undefined) setActive(id);
    setSearch(changed(search, { event: id }), { replace: search.event !== undefined && id !== undefined });
  };
  const onSearch = (next: string) => setSearch(changed(search, { query: next, event: undefined }));
  const setTimes = (times: { from?: string; to?: string }) => setSearch(changed(search, { range: undefined, from: undefined, to: undefined, ...times }));
  useEntryKeys({ entries: list.entries, active: search.event ?? active, setActive, open, isOpen: search.event !== undefined });
  const hasOpened = useDrawer(search.event !== undefined, list.entries.length > 0);
  const isCustom = search.from !== undefined || search.to !== undefined;
  const mistake = mistakeOf(list, text);
  const isListed = list.list.data !== undefined;
  // The list says it, and tries again.
  const hasFailed = list.list.isError && !isListed;
  const facets = !hasFailed && <FacetPanel org={org.id} query={query} text={text} onSearch={onSearch} isListed={isListed} total={list.total} asSheet={!hasRoom} />;
  return (
    <ValueMenu query={text} onSearch={onSearch}>
      <Toolbar
        org={org}
        search={search}
        setSearch={setSearch}
        mistake={mistake}
        views={<ViewsMenu org={org} search={search} setSearch={setSearch} layout={layout} setLayout={setLayout} />}
        freshness={<Freshness watermark={list.watermark} stale={list.stale} />}
      />
      {mistake ? (
        <Suspense>
          <SearchHelp onTry={onSearch} />
        </Suspense>
      ) : (
        <>
          {!hasFailed && <Histogram org={org.id} query={query} isListed={isListed} onZoom={setTimes} onReset={isCustom ? () => setTimes({}) : undefined} />}
          <div className={styles.columns}>
            {hasRoom && facets}
            <EntryList
              org={org}
              list={list}
              state={{ search, setSearch }}
              active={search.event ?? active}
              layout={layout}
              setLayout={setLayout}
              open={open}
              facets={hasRoom ? null : facets}
            />
          </div>
        </>
      )}
      <Suspense>{hasOpened && <EntryDrawer org={org.id} search={search} setSearch={setSearch} entries={list.entries} open={open} />}</Suspense>
    </ValueMenu>
  );
}

// The drawer is loaded once the list stands, and is there from the first entry that is opened.
function useDrawer(isOpen: boolean, isListed: boolean): boolean {
  const [hasOpened, setOpened] = useState(isOpen);
  if (isOpen && !hasOpened) setOpened(true);
  useEffect(() => {
    if (isListed) void loadDrawer();
  }, [isListed]);
  return hasOpened;
}

// The question as it was when the filters last changed: "the last 24 hours" does not move under the reader.
function useStableQuery(org: SessionOrg, search: Props['search']): EventQuery {
  const key = JSON.stringify([org.id, org.viewing_window_days, { ...search, event: undefined }]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for all of search but the open entry
  return useMemo(() => queryOf(search, timesOf(search, org.viewing_window_days, serverNowMs())), [key]);
}

// A mistake in the search is said at the search box, not in place of the list.
function mistakeOf({ list }: EventList, text: string): { sentence: string; at: number | null } | null {
  const { error } = list;
  if (!(error instanceof ApiError) || error.code !== 'invalid_query') return null;
  const sentence = error.fields[0]?.detail ?? error.detail ?? error.code;
  return { sentence, at: mistakeAt(sentence, text) };
}

