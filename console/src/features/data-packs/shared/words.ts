import type { DataPackFormat, DataPackRun, DataPackSchedule } from '~/api/types';
import { matchesWords } from '~/lib/match-words';
import { formatDay, formatMinute } from '~/lib/time';
import { texts } from '~/texts/data-packs';
import type { Tone } from '~/ui/status-mark';

export const tones: Record<DataPackRun['state'], Tone> = {
  due: 'quiet',
  extracting: 'quiet',
  staged: 'quiet',
  delivering: 'quiet',
  delivered: 'good',
  held: 'warn',
  failed: 'bad',
  cancelled: 'quiet',
};

const running: DataPackRun['state'][] = ['due', 'extracting', 'staged', 'delivering'];
export const isRunning = ({ state }: Pick<DataPackRun, 'state'>): boolean => running.includes(state);

// Why a run is not there, and what to do.
export function troubleOf(run: DataPackRun, isOperator: boolean): { reason: string; remedy: string | null } | null {
  if (run.hold) return { reason: `${texts.hold.title[run.hold.reason]}.`, remedy: isOperator ? null : texts.hold.customer };
  if (!run.error) return null;
  return { reason: run.error, remedy: run.remedy };
}

// Something of it is about to be other than it is.
export const isChanging = (run: Pick<DataPackRun, 'state' | 'comparison'>): boolean => isRunning(run) || run.comparison?.state === 'due';

export function scheduleWords({ every, at, weekday, day, cron, zone }: DataPackSchedule): string {
  const words = texts.schedule;
  const time = at ?? '00:00';
  const where = zone ?? 'UTC';
  switch (every) {
    case 'hourly':
      return words.hourly(time.slice(3));
    case 'daily':
      return words.daily(time, where);
    case 'weekly':
      return words.weekly(words.weekdays[weekday ?? 'monday'], time, where);
    case 'monthly':
      return words.monthly(day ?? 1, time, where);
    case 'cron':
      return words.cron(cron ?? '', where);
  }
}

export const formatWords = ({ type, compression }: DataPackFormat): string => [texts.types[type], texts.compressions[compression]].filter(Boolean).join(', ');

// "22 Nov 2026", "22 Nov 2026 13:00 – 14:00"
export function intervalWords({ start, end }: DataPackRun['interval']): string {
  const bare = (iso: string) => formatMinute(iso).replace(' UTC', '');
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
  const isWhole = bare(start).endsWith(' 00:00') && Number.isInteger(days) && days > 0;
  if (isWhole && days === 1) return formatDay(start);
  if (isWhole) return `${formatDay(start)} – ${formatDay(new Date(Date.parse(end) - 1).toISOString())}`;
  return formatDay(start) === formatDay(end) ? `${bare(start)} – ${bare(end).split(' ').at(-1) ?? ''}` : `${bare(start)} – ${bare(end)}`;
}

// Every pack was once a Standardized File Export, whatever it is called now.
export function isNamed(text: string, pack: { id: string; name: string; former_name: string | null; description: string | null }): boolean {
  return matchesWords(text.trim(), [pack.id, pack.name, pack.former_name ?? '', pack.description ?? '', ...texts.formerNames].join(' '));
}
