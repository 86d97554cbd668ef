import { plural } from '~/lib/format';
import type { texts as common } from './common';

type Role = keyof typeof common.role;

const article = (role: Role): string => (role === 'admin' ? 'an admin' : role === 'member' ? 'a member' : 'a primary admin');

// Signing in, and the pages that a mailed link or another product leads to.
export const texts = {
  signIn: {
    title: 'Sign in',
    heading: 'Sign in to Trailkeeper',
    email: 'Email',
    password: 'Password',
    submit: 'Sign in',
    continueWith: (domain: string) => `Continue with ${domain}`,
    or: 'or with a password',
    onlyProvider: (domain: string) => `People of ${domain} sign in at their own identity provider.`,
    forgot: 'Forgot your password?',
    ended: 'Your session has ended. Sign in to go on where you were.',
    download: 'Your download starts after you sign in.',
    passwordSet: 'Your new password is set. Sign in with it.',
  },
  again: {
    title: 'Sign in again',
    text: (name: string) => `Your session has ended. What you wrote on this page is kept for ${name} until you sign in again. Nothing is sent by itself: press the button again afterwards.`,
    beside: 'It opens in a new tab. Come back to this one afterwards.',
    link: (host: string) => `You came from ${host}. Open this page from there again, in a new tab, and come back to this one afterwards.`,
    linkOfProduct: 'You came by a link of another product. Open this page from there again, in a new tab, and come back to this one afterwards.',
    check: 'I have signed in',
    notYet: 'Nobody is signed in yet.',
    back: 'Back to the password',
    other: 'Sign in as somebody else; what I wrote is dropped',
  },
  secondFactor: {
    title: 'Second factor',
    text: 'Enter the six digits that your authenticator app shows for Trailkeeper.',
    code: 'Code',
    recoveryText: 'Enter one of the recovery codes that you kept when you set up the second factor. Each works once.',
    recoveryCode: 'Recovery code',
    useRecovery: 'Use a recovery code',
    useApp: 'Use the authenticator app',
    submit: 'Continue',
    other: 'Sign in as somebody else',
  },
  forgot: {
    title: 'Forgot your password',
    heading: 'Set a new password',
    text: 'Enter your email. If it can sign in here with a password, a mail with a link comes within a minute.',
    submit: 'Send the link',
    sentTitle: 'Look into your mailbox',
    sent: (email: string) => `If ${email} can sign in here, a mail with a link is on its way. The link is valid for one hour and works once.`,
    nothing: 'Nothing came? Look into the spam folder, or ask a primary admin of your organization which email you are known by.',
    back: 'Back to sign-in',
  },
  reset: {
    title: 'New password',
    heading: 'Choose a new password',
    password: 'New password',
    hint: 'At least 8 characters; a few words in a row are strong and easy to keep.',
    ends: 'Where you are signed in now, you will be signed out.',
    submit: 'Set the password',
    again: 'Ask for a new link',
  },
  link: {
    title: 'Link not valid',
    missing: 'This address is not complete. Open the link from the mail again, or copy all of it.',
    reset: 'The link was used already, a newer one was sent, or an hour has passed.',
    invitation: 'The invitation was accepted or taken back, a newer one was sent, or seven days have passed. Ask the person who invited you for a new one.',
    portal: 'The link was used already, or is older than five minutes. Go back to the product that you came from and open it there again.',
    checking: 'Checking the link',
  },
  invitation: {
    title: 'Invitation',
    heading: (org: string) => `Join ${org}`,
    text: (org: string, role: Role) => `You are invited to ${org} as ${article(role)}.`,
    roles: {
      primary_admin: 'A primary admin sees the audit log, connects integrations and decides who else may.',
      admin: 'An admin sees the audit log and connects integrations.',
      member: 'A member belongs to the organization without seeing its audit log.',
    },
    email: 'Email',
    name: 'Your name',
    nameHint: 'As others of the organization see it',
    newPassword: 'Choose a password',
    knownText: 'You have a sign-in here already. Enter its password to join.',
    provider: 'People of this organization sign in by its own identity provider. Your place is ready once you have signed in there.',
    toProvider: 'Continue to the identity provider',
    submit: 'Join and sign in',
    validFor: (days: number) => (days < 1 ? 'Valid until today.' : `Valid for ${plural(days, 'more day')}.`),
  },
  portal: {
    title: 'Open',
    heading: (org: string) => `Settings of ${org}`,
    intents: {
      audit_logs: { text: 'See who did what, when and from where.', button: 'Open the Audit Logs' },
      log_streams: { text: 'Deliver the audit log to your own S3 bucket.', button: 'Open the S3 integration' },
    },
    once: 'The link works once. What you open stays open for two hours at most.',
    back: (host: string) => `Back to ${host}`,
  },
  // Codes that the sign-in by a provider comes back with, in the address.
  problems: {
    sso_not_set_up: { title: 'Single sign-on is not set up for this organization.', advice: 'Sign in with your password, or ask a primary admin.' },
    sso_unavailable: { title: 'The identity provider does not answer.', advice: 'Try again shortly. If it stays, tell a primary admin of your organization.' },
    sso_expired: { title: 'Signing in took too long.', advice: 'Begin again.' },
    sso_denied: { title: 'The identity provider did not let you in.', advice: 'Ask those who manage it at your organization for access.' },
    sso_failed: { title: 'The identity provider’s answer does not hold.', advice: 'Begin again. If it stays, tell a primary admin of your organization.' },
    sso_email: { title: 'The identity provider gave no verified email of your organization.', advice: 'Ask those who manage it to set your email.' },
    sso_disabled: { title: 'You cannot sign in here any more.', advice: 'Ask a primary admin of your organization.' },
  },
  otherProblem: { title: 'Signing in did not work.', advice: 'Begin again.' },
};
