import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ValueField } from '~/api/types';
import { offerOf, ownOffers, type Offer, type Place } from '~/features/audit-logs/query/completion';
import { completedByServer } from '~/features/audit-logs/query/fields';
import { valuesQuery } from '~/features/audit-logs/queries';

const pauseMs = 150;
const wordLeast = 2;
const prefixMax = 256;

// What to offer for the place that the caret stands at: field names and few values at once, others from the server.
export function useOffers(org: string, place: Place | null): Offer[] {
  const [prefix] = useDebouncedValue(place?.prefix ?? '', pauseMs);
  const field = place?.field ?? null;
  const isWord = place !== null && field === null && prefix.length >= wordLeast && prefix.length <= prefixMax;
  const isValue = field !== null && completedByServer.includes(field) && prefix.length <= prefixMax;
  const values = useQuery({ ...valuesQuery(org, (isValue ? field : 'actor') as ValueField, prefix), enabled: isValue || isWord, placeholderData: keepPreviousData });
  const actions = useQuery({ ...valuesQuery(org, 'action', prefix), enabled: isWord, placeholderData: keepPreviousData });
  if (!place) return [];
  const own = ownOffers(place);
  if (isValue) return (values.data?.data ?? []).map((value) => offerOf(value));
  if (!isWord) return own;
  const of = (list: typeof values.data, name: string) => (list?.data ?? []).slice(0, 4).map((value) => offerOf(value, name));
  return [...own, ...of(values.data, 'actor'), ...of(actions.data, 'action')];
}
