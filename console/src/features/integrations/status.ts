import type { Delivery, Destination } from '~/api/types';
import { plural } from '~/lib/format';
import { formatDuration, formatMinute } from '~/lib/time';
import type { Tone } from '~/ui/status-mark';

type State = Destination['state'];

const words: Record<State, { tone: Tone; word: string; sentence: string }> = {
  draft: { tone: 'quiet', word: 'Draft', sentence: 'Nothing is delivered yet: validate, then activate.' },
  validating: { tone: 'quiet', word: 'Validating', sentence: 'The permissions are being tried.' },
  active: { tone: 'good', word: 'Healthy', sentence: 'Each closed window is delivered within minutes.' },
  lagging: { tone: 'warn', word: 'Behind', sentence: 'Deliveries are late and catching up. Nothing is lost.' },
  retrying: { tone: 'warn', word: 'Retrying', sentence: 'The last try failed; it is repeated by itself. Nothing is lost.' },
  paused: { tone: 'quiet', word: 'Paused', sentence: 'Nothing is delivered until you resume. Entries wait and nothing is lost.' },
  suspended: { tone: 'bad', word: 'Needs you', sentence: 'Delivery has stopped until you act.' },
  disabled: { tone: 'quiet', word: 'Disabled', sentence: 'Switched off by the vendor. Ask your contact there.' },
};

export const stateWords = (state: State) => words[state];

// Given up by the customer: the server keeps it for the history of its deliveries. One that the vendor switched off
// says why and keeps its values in use.
const isDisconnected = (destination: Destination): boolean =>
  destination.state === 'disabled' && destination.pending === true && !destination.reason;

export const presentOnes = (destinations: Destination[]): Destination[] => destinations.filter((item) => !isDisconnected(item));

// The one line on the card in the list of integrations.
export function cardWords(destinations: Destination[]): { tone: Tone; text: string } {
  const order: State[] = ['suspended', 'retrying', 'lagging', 'disabled', 'paused', 'active', 'validating', 'draft'];
  const worst = order.find((state) => presentOnes(destinations).some((item) => item.state === state));
  if (!worst) return { tone: 'quiet', text: 'Not connected' };
  if (worst === 'draft' || worst === 'validating') return { tone: 'quiet', text: 'Not connected · draft saved' };
  if (worst === 'active') return { tone: 'good', text: 'Connected · healthy' };
  if (worst === 'suspended') return { tone: 'bad', text: 'Connected · needs you' };
  return { tone: words[worst].tone, text: `Connected · ${words[worst].word.toLowerCase()}` };
}

// How far behind, when that is worth saying.
export function lagWords(destination: Destination): string | null {
  const { delivered_seq: delivered, head_seq: head, lag_seconds: lag } = destination;
  if (delivered === null || delivered === undefined || head === null || head === undefined || head <= delivered) return null;
  const count = plural(head - delivered, 'entry', 'entries');
  return lag ? `${count} not delivered yet, the oldest due for ${formatDuration(lag * 1000)}` : `${count} for the next window`;
}

export const isRunning = (state: State): boolean => ['active', 'lagging', 'retrying', 'suspended'].includes(state);

// s3://bucket/path/ as people write it
export function placeOf(destination: Destination): string | null {
  if (!destination.bucket) return null;
  const path = (destination.path ?? '').replace(/^\/+|\/+$/g, '');
  return `s3://${destination.bucket}/${path ? `${path}/` : ''}`;
}

// "Everything received before 14:00 UTC is in s3://...", as far as the newest deliveries show.
export function completeWords(destination: Destination, deliveries: Delivery[]): string | null {
  const place = placeOf(destination);
  const oldestMissing = deliveries.findLast((item) => item.state !== 'delivered');
  const newestDelivered = deliveries.find((item) => item.state === 'delivered');
  const until = oldestMissing?.start ?? newestDelivered?.end;
  if (!place || !until || !newestDelivered) return null;
  return `Everything received before ${formatMinute(until)} is in ${place}`;
}

const checks: Record<string, string> = {
  values: 'The values are complete and allowed',
  assume_role: 'Assume the role',
  other_session_list: 'Listing is closed to other sessions',
  list: 'List the bucket (s3:ListBucket)',
  other_session_put: 'Writing is closed to other sessions',
  put: 'Write an object (s3:PutObject, s3:PutObjectAcl)',
  location: 'No other connection uses this bucket and path',
};

// A check in words; one that is newer than this page keeps its name.
export const checkName = (name: string): string => checks[name] ?? name;
