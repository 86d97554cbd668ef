import { formatDay } from '~/lib/time';
import { texts as common } from './common';

type Role = keyof typeof common.role;

export const texts = {
  title: 'People',
  tabs: { people: 'People', signIn: 'Sign-in' },
  loading: 'Loading people',
  lockedTitle: 'People are managed by primary admins and admins',
  list: {
    label: 'People',
    columns: { person: 'Person', role: 'Role', factor: 'Second factor', since: 'Member since', actions: 'Actions' },
    you: 'you',
    disabled: 'Disabled by the vendor',
    factorOn: 'On',
    factorOff: 'Off',
    since: (iso: string) => formatDay(iso),
    roleOf: (name: string) => `Role of ${name}`,
    removePerson: (name: string) => `Remove ${name}`,
    onlyPrimary: 'Only a primary admin can change a primary admin.',
  },
  role: common.role,
  roleMeans: {
    primary_admin: 'Sees the audit log, connects integrations, decides who is a primary admin and how people sign in.',
    admin: 'Sees the audit log, connects integrations, invites and removes people.',
    member: 'Belongs to the organisation; does not see the audit log.',
  } satisfies Record<Role, string>,
  invite: {
    button: 'Invite a person',
    title: 'Invite a person',
    email: 'Email',
    name: 'Name',
    nameHint: 'Not needed; the person can write it otherwise.',
    role: 'Role',
    note: 'We mail a link that is valid for seven days and works once.',
    submit: 'Send the invitation',
    sent: (email: string) => `The invitation to ${email} is on its way.`,
  },
  invitations: {
    title: 'Invited',
    label: 'Invitations',
    columns: { email: 'Email', role: 'Role', by: 'Invited by', state: 'State', actions: 'Actions' },
    validUntil: (iso: string) => `Valid until ${formatDay(iso)}`,
    expired: (iso: string) => `Expired on ${formatDay(iso)}`,
    resend: 'Send again',
    resendTo: (email: string) => `Send again to ${email}`,
    resent: (email: string) => `A new link is on its way to ${email}; the old one works no more.`,
    revoke: 'Take back',
    revoked: (email: string) => `The invitation of ${email} was taken back; its link works no more.`,
    revokeOf: (email: string) => `Take back the invitation of ${email}`,
    loading: 'Loading invitations',
  },
  remove: {
    title: (name: string) => `Remove ${name}?`,
    text: (name: string, org: string) => `${name} can no longer open ${org} here, from now on. Entries in the audit log stay. You can invite the person again.`,
    self: (org: string) => `You can no longer open ${org} here, from now on. A primary admin can invite you again.`,
    submit: 'Remove',
  },
  changed: (name: string, role: Role) => `${name} is now ${role === 'admin' ? 'an admin' : role === 'member' ? 'a member' : 'a primary admin'}.`,
  removed: (name: string) => `${name} was removed.`,
};
