import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '~/api/errors';
import type { EventQuery } from '~/api/types';
import { facetsQuery } from '~/features/audit-logs/queries';
import { texts } from '~/texts/audit-logs';
import { FacetGroup } from './facet-group';
import { facetFields } from './facet-terms';
import styles from './facets.module.css';

interface Props {
  org: string;
  query: EventQuery;
  text: string; // the query as it stands in the box
  onSearch: (text: string) => void;
  isListed: boolean; // the entries are there
}

// Few enough to look over, and all of a closed list such as the categories; of the others the rest is counted.
const limits = { few: 8, many: 50, counted: 100 };

// What the entries found are like, with counts; a tick narrows the search.
export function Facets({ org, query, text, onSearch, isListed }: Props) {
  const [isLong, setLong] = useState(false);
  const facets = useQuery(facetsQuery(org, query, facetFields, isLong ? limits.counted : limits.few, isListed));
  if (facets.isPending) return <Loading />;
  if (facets.isError) {
    return (
      <p role="alert" className="dim">
        {texts.facets.error} {describeError(facets.error).advice}
      </p>
    );
  }
  return (
    <div className={styles.facets} aria-busy={facets.isPlaceholderData}>
      {facetFields.map((field) => {
        const { values = [], more = false } = facets.data.data.find((facet) => facet.field === field) ?? {};
        return <FacetGroup key={field} field={field} values={values} more={more} few={limits.few} many={limits.many} isLong={isLong} onMore={() => setLong(true)} text={text} onSearch={onSearch} />;
      })}
    </div>
  );
}

const Loading = () => (
  <div className={styles.facets} role="status" aria-label={texts.facets.label}>
    {facetFields.slice(0, 4).map((field) => (
      <Skeleton key={field} height={132} radius="sm" />
    ))}
  </div>
);
