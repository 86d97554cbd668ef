import { Button } from '@mantine/core';
import type { SessionOrg } from '~/api/types';
import { changed, type PageState } from '~/features/audit-logs/page-state';
import { withoutTerm } from '~/features/audit-logs/query/terms';
import { defaultRange, rangeLabel, rangesWithin } from '~/features/audit-logs/ranges';
import { activeTerms } from '~/features/audit-logs/search';
import { texts } from '~/texts/audit-logs';
import { EmptyState } from '~/ui/states';

// Says which term to drop, or to look further back.
export function NothingFound({ org, search, setSearch }: PageState & { org: SessionOrg }) {
  const query = search.query ?? '';
  const terms = activeTerms(query);
  const longest = rangesWithin(org.viewing_window_days).at(-1) ?? defaultRange(org.viewing_window_days);
  const isShorter = search.from !== undefined || search.to !== undefined || (search.range ?? defaultRange(org.viewing_window_days)) !== longest;
  const longer = isShorter && (
    <Button size="xs" variant={terms.length === 0 ? 'filled' : 'default'} onClick={() => setSearch(changed(search, { from: undefined, to: undefined, range: longest }))}>
      {texts.empty.longer(rangeLabel(longest))}
    </Button>
  );
  if (terms.length === 0) {
    return (
      <EmptyState title={texts.empty.range} actions={longer}>
        <p>{texts.empty.rangeAdvice}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={texts.empty.found}
      actions={
        <>
          {terms.map(({ term, words }) => (
            <Button key={term.start} size="xs" variant="default" onClick={() => setSearch(changed(search, { query: withoutTerm(query, term) }))}>
              {texts.empty.drop(words)}
            </Button>
          ))}
          {longer}
          {terms.length > 1 && (
            <Button size="xs" onClick={() => setSearch(changed(search, { query: undefined }))}>
              {texts.empty.dropAll}
            </Button>
          )}
        </>
      }
    >
      <p>{texts.empty.foundAdvice(terms.length)}</p>
    </EmptyState>
  );
}
