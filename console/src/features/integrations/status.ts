import type { Delivery, Destination } from '~/api/types';
import { formatDay, formatMinute } from '~/lib/time';
import { texts } from '~/texts/integrations';
import type { Tone } from '~/ui/status-mark';

type State = Destination['state'];

const tones: Record<State, Tone> = {
  draft: 'quiet',
  validating: 'quiet',
  active: 'good',
  lagging: 'warn',
  retrying: 'warn',
  paused: 'quiet',
  suspended: 'bad',
  disabled: 'quiet',
};

export const stateWords = (state: State) => ({ tone: tones[state], ...texts.states[state] });

// Given up by the customer: the server keeps it for the history of its deliveries. One that the vendor switched off
// says why and keeps its values in use.
const isDisconnected = (destination: Destination): boolean =>
  destination.state === 'disabled' && destination.pending === true && !destination.reason;

export const disconnectedOnes = (destinations: Destination[]): Destination[] => destinations.filter((item) => isDisconnected(item) && item.bucket);

export const presentOnes = (destinations: Destination[]): Destination[] => destinations.filter((item) => !isDisconnected(item));

// The one line on the card in the list of integrations.
export function cardWords(destinations: Destination[]): { tone: Tone; text: string } {
  const order: State[] = ['suspended', 'retrying', 'lagging', 'disabled', 'paused', 'active', 'validating', 'draft'];
  const worst = order.find((state) => presentOnes(destinations).some((item) => item.state === state));
  if (!worst) return { tone: 'quiet', text: texts.card.notConnected };
  if (worst === 'draft' || worst === 'validating') return { tone: 'quiet', text: texts.card.draft };
  if (worst === 'active') return { tone: 'good', text: texts.card.healthy };
  if (worst === 'suspended') return { tone: 'bad', text: texts.card.needsYou };
  return { tone: tones[worst], text: texts.card.other(texts.states[worst].word) };
}

// How far behind, when that is worth saying.
export function lagWords(destination: Destination): string | null {
  const { delivered_seq: delivered, head_seq: head, lag_seconds: lag } = destination;
  if (delivered === null || delivered === undefined || head === null || head === undefined || head <= delivered) return null;
  return lag ? texts.status.behind(head - delivered, lag) : texts.status.waiting(head - delivered);
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
  if (place && destination.delivered_until) return texts.status.complete(formatMinute(destination.delivered_until), place);
  const oldestMissing = deliveries.findLast((item) => item.state !== 'delivered');
  const newestDelivered = deliveries.find((item) => item.state === 'delivered');
  const until = oldestMissing?.start ?? newestDelivered?.end;
  if (!place || !until || !newestDelivered) return null;
  return texts.status.complete(formatMinute(until), place);
}

export const deliveryTones: Record<Delivery['state'], Tone> = { due: 'quiet', staged: 'quiet', delivering: 'quiet', delivered: 'good', failed: 'bad' };

// "22 Nov 2026 13:00 – 14:00"; a whole day by its date.
export function windowWords({ start, end }: Delivery): string {
  const from = formatMinute(start).replace(' UTC', '');
  const to = formatMinute(end).replace(' UTC', '');
  if (Date.parse(end) - Date.parse(start) === 86_400_000 && from.endsWith(' 00:00')) return formatDay(start);
  const isShort = Date.parse(end) - Date.parse(start) <= 3_600_000;
  return isShort || formatDay(start) === formatDay(end) ? `${from} – ${to.split(' ').at(-1) ?? ''}` : `${from} – ${to}`;
}

// A check in words; one that is newer than this page keeps its name.
export const checkName = (name: string): string => texts.checks[name] ?? name;
