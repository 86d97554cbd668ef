import type { WatchedFolderEntry } from '~/api/operator-types';
import { formatMinute } from '~/lib/time';
import { texts } from '~/texts/pack-operations';
import type { Tone } from '~/ui/status-mark';

const words = texts.folder;
// What a job leaves half done is its own business for so long.
const patienceMs = 3_600_000;
const needSomebody = ['disk_full', 'no_permission'];

// Whether it goes on by itself, as far as can be known.
export function needsSomebody({ state, code, since }: WatchedFolderEntry, now: number): boolean {
  return state !== 'waiting' || needSomebody.includes(code) || now - Date.parse(since) >= patienceMs;
}

export function toneOf(entry: WatchedFolderEntry, now: number): Tone {
  if (entry.state === 'refused') return 'bad';
  return needsSomebody(entry, now) ? 'warn' : 'quiet';
}

export const remedyOf = ({ state, code }: WatchedFolderEntry): string => words.remedies[code] ?? words.otherRemedy[state];

// Those that need somebody first; the longest of each first.
export function inOrder(entries: WatchedFolderEntry[], now: number): WatchedFolderEntry[] {
  const rank = (entry: WatchedFolderEntry) => (entry.state === 'refused' ? 0 : needsSomebody(entry, now) ? 1 : 2);
  return [...entries].sort((a, b) => rank(a) - rank(b) || Date.parse(a.since) - Date.parse(b.since) || a.path.localeCompare(b.path));
}

// The name of a set's folder: the start of an interval as people read times, or a label as it is.
export function setWords(name: string): string {
  const iso = name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(iso) ? formatMinute(iso) : name;
}

// "1 refused, 2 wait"; empty when there is nothing to say.
export function countWords(entries: WatchedFolderEntry[]): string {
  const count = (state: WatchedFolderEntry['state']) => entries.filter((entry) => entry.state === state).length;
  return (['refused', 'left', 'waiting'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => words.counts[state](count(state)))
    .join(', ');
}
