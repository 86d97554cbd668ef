import type { Role, SessionOrg } from '~/api/types';

// The organization whose people they are, and what whoever looks is in it.
export type PeopleOrg = Pick<SessionOrg, 'id' | 'name' | 'role'>;

export const roles: Role[] = ['primary_admin', 'admin', 'member'];

// What this person may make somebody: an admin makes no primary admin and does not touch one.
export const grantable = (own: Role): Role[] => (own === 'primary_admin' ? roles : roles.filter((role) => role !== 'primary_admin'));

export const mayChange = (own: Role, other: Role): boolean => own === 'primary_admin' || (own === 'admin' && other !== 'primary_admin');
