import type { AuditSearch } from './search';

// How the page reads and changes its address; the router stands behind it.
export interface PageState {
  search: AuditSearch;
  // `replace`: no new step for the browser's Back, as while typing.
  setSearch: (next: AuditSearch, options?: { replace?: boolean }) => void;
}

export function changed(search: AuditSearch, change: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }): AuditSearch {
  return Object.fromEntries(Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== ''));
}
