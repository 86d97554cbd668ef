import type { components } from '~/api/schema';

type Role = components['schemas']['Role'];

// Whom the list of all people shows, as the address says it.
export interface EverybodySearch {
  q?: string;
  operators?: 'true';
  org?: string;
  role?: Role;
  state?: 'active' | 'disabled';
  factor?: 'on' | 'off';
  quiet?: Quiet;
}

// How long somebody has not signed in.
export type Quiet = '30d' | '90d' | 'never';

const roles: readonly Role[] = ['primary_admin', 'admin', 'member'];

const textOf = (value: unknown, max: number): string => (typeof value === 'string' ? value.slice(0, max) : '');
const oneOf = <T extends string>(value: unknown, choices: readonly T[]): T | undefined => choices.find((choice) => choice === value);

// What makes no sense in an address is left out.
export function parseEverybodySearch(raw: Record<string, unknown>): EverybodySearch {
  const org = textOf(raw['org'], 64);
  const found = {
    q: textOf(raw['q'], 200) || undefined,
    operators: oneOf(raw['operators'], ['true'] as const),
    org: /^[A-Za-z0-9_-]+$/.test(org) ? org : undefined,
    role: oneOf(raw['role'], roles),
    state: oneOf(raw['state'], ['active', 'disabled'] as const),
    factor: oneOf(raw['factor'], ['on', 'off'] as const),
    quiet: oneOf(raw['quiet'], ['30d', '90d', 'never'] as const),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const dayMs = 86_400_000;

// Who has not signed in since. Whole days, so that the question stays the same while the page is open.
export function notSince(quiet: Quiet, nowMs: number): string {
  if (quiet === 'never') return '1970-01-01T00:00:00Z';
  const days = quiet === '30d' ? 30 : 90;
  return `${new Date(nowMs - days * dayMs).toISOString().slice(0, 10)}T00:00:00Z`;
}

export const isNarrowed = (search: EverybodySearch): boolean => Object.keys(search).length > 0;
