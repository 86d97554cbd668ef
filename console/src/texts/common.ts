import { formatCount, plural } from '~/lib/format';

// What more than one area says.
export const texts = {
  product: 'Trailkeeper',
  windowTitle: (page: string) => `${page} · Trailkeeper`,
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  copied: 'Copied',
  copy: 'Copy',
  copyByHand: 'Select the text and copy it',
  copyRequestId: 'Copy the request id',
  loading: 'Loading',
  more: 'More',
  older: 'Older',
  remove: 'Remove',
  requestId: 'Request id',
  save: 'Save',
  saved: 'Saved',
  tryAgain: 'Try again',
  tryAgainIn: (seconds: number) => `Try again in ${plural(seconds, 'second')}.`,
  showSecret: 'Show or hide what you type',
  shown: (count: number) => `${formatCount(count)} shown`,
  role: { primary_admin: 'Primary admin', admin: 'Admin', member: 'Member' },
  zone: 'UTC',
};
