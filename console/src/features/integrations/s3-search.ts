export const readers = ['splunk', 'elastic', 'sentinel', 'panther', 'datadog', 'athena'] as const;
export type Reader = (typeof readers)[number];

export const otherTabs = ['settings', 'permissions', 'readers'] as const;
export const tabs = ['deliveries', ...otherTabs] as const;

// What the address of the S3 page holds.
export interface S3Search {
  destination?: string | undefined;
  tab?: (typeof otherTabs)[number] | undefined; // without one: the deliveries
  reader?: Reader | undefined;
}

export function parseS3Search(raw: Record<string, unknown>): S3Search {
  const tab = otherTabs.find((known) => known === raw['tab']);
  const reader = readers.find((known) => known === raw['reader']);
  return {
    ...(typeof raw['destination'] === 'string' ? { destination: raw['destination'] } : {}),
    ...(tab ? { tab } : {}),
    ...(reader ? { reader } : {}),
  };
}
