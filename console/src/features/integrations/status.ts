import type { Destination } from '~/api/types';
import { formatDuration } from '~/lib/time';
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

// The one line on the card in the list of integrations.
export function cardWords(destinations: Destination[]): { tone: Tone; text: string } {
  const order: State[] = ['suspended', 'retrying', 'lagging', 'disabled', 'paused', 'active', 'validating', 'draft'];
  const worst = order.find((state) => destinations.some((item) => item.state === state));
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
  const age = lag ? `, the oldest ${formatDuration(lag * 1000)} old` : '';
  return `${(head - delivered).toLocaleString('en-GB')} entries not delivered yet${age}`;
}

export const isRunning = (state: State): boolean => ['active', 'lagging', 'retrying', 'suspended'].includes(state);

// s3://bucket/path/ as people write it
export function placeOf(destination: Destination): string | null {
  if (!destination.bucket) return null;
  const path = (destination.path ?? '').replace(/^\/+|\/+$/g, '');
  return `s3://${destination.bucket}/${path ? `${path}/` : ''}`;
}
