import type { AuditSearch, Change } from './search';

// How the page reads and changes its address; the router stands behind it.
export interface PageState {
  search: AuditSearch;
  // `replace`: no new step for the browser's Back, as while typing.
  setSearch: (next: AuditSearch, options?: { replace?: boolean }) => void;
}

export { changed } from './search';
export type { Change };
