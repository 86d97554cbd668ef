// Times for people, in UTC unless a zone is given, always saying which; nothing here reads the clock.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const utc = 'UTC';

const two = (n: number) => String(n).padStart(2, '0');

// "14:03:19.412": the fraction as given, or milliseconds when it has no more.
// JavaScript's Date ends at milliseconds, so the fraction is taken from the text.
function fractionOf(iso: string): string {
  const match = /\.(\d+)/.exec(iso);
  const digits = (match?.[1] ?? '').padEnd(3, '0');
  return /^0*$/.test(digits.slice(3)) ? digits.slice(0, 3) : digits;
}

function parse(iso: string): Date | null {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? null : date;
}

const offsets = new Map<string, Intl.DateTimeFormat>();

function offsetFormat(zone: string): Intl.DateTimeFormat {
  let format = offsets.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    offsets.set(zone, format);
  }
  return format;
}

// "UTC" or "UTC-04:00": what a zone is at that time.
export function offsetName(iso: string, zone: string): string {
  const date = parse(iso);
  if (!date || zone === utc) return utc;
  const name = offsetFormat(zone).formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? utc;
  return name.replace('GMT', utc);
}

function offsetMs(date: Date, zone: string): number {
  const match = /([+-])(\d\d):(\d\d)$/.exec(offsetName(date.toISOString(), zone));
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

// How far east of UTC the zone is at that time.
export function offsetMinutes(iso: string, zone: string): number {
  const date = parse(iso);
  return date ? offsetMs(date, zone) / 60_000 : 0;
}

// A date whose UTC parts are the zone's own.
function wallClock(iso: string, zone: string): Date | null {
  const date = parse(iso);
  return date && new Date(date.getTime() + offsetMs(date, zone));
}

// "22 Nov 2026"
export function formatDay(iso: string, zone = utc): string {
  const d = wallClock(iso, zone);
  if (!d) return iso;
  return `${d.getUTCDate()} ${months[d.getUTCMonth()] ?? ''} ${d.getUTCFullYear()}`;
}

// "14:03:22"
export function formatClock(iso: string, zone = utc): string {
  const d = wallClock(iso, zone);
  if (!d) return iso;
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

// "22 Nov 2026 14:03:19.412", to the last digit recorded
export function formatExact(iso: string, zone = utc): string {
  if (!parse(iso)) return iso;
  return `${formatDay(iso, zone)} ${formatClock(iso, zone)}.${fractionOf(iso)}`;
}

// "22 Nov 2026 14:03 UTC"
export const formatMinute = (iso: string, zone = utc): string => (parse(iso) ? `${formatBare(iso, zone)} ${offsetName(iso, zone)}` : iso);

// "22 Nov 2026 14:03", where the zone is said elsewhere
export function formatBare(iso: string, zone = utc): string {
  const d = wallClock(iso, zone);
  if (!d) return iso;
  return `${formatDay(iso, zone)} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

// Where a range begins or ends: "22 Nov 2026 14:03", with its seconds when it has any
export function formatEdge(iso: string, zone = utc): string {
  return new Date(iso).getUTCSeconds() === 0 ? formatBare(iso, zone) : `${formatDay(iso, zone)} ${formatClock(iso, zone)}`;
}

// The same, saying the zone
export const formatEdgeIn = (iso: string, zone = utc): string => (parse(iso) ? `${formatEdge(iso, zone)} ${offsetName(iso, zone)}` : iso);

// "3 minutes ago", "in 2 hours"
export function formatRelative(iso: string, nowMs: number): string {
  const d = parse(iso);
  if (!d) return '';
  const seconds = Math.round((d.getTime() - nowMs) / 1000);
  const units: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ];
  for (const [size, name] of units) {
    const n = Math.trunc(Math.abs(seconds) / size);
    if (n >= 1) {
      const text = `${n} ${name}${n === 1 ? '' : 's'}`;
      return seconds > 0 ? `in ${text}` : `${text} ago`;
    }
  }
  return 'now';
}

// "1.2 s", "3 min 20 s"
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return `${hours} h ${minutes % 60} min`;
}

// What <input type="datetime-local"> holds, read in the zone: "2026-11-22T14:03" and back.
export function toInputValue(iso: string, zone = utc): string {
  const wall = wallClock(iso, zone);
  return wall?.toISOString().slice(0, wall.getUTCSeconds() === 0 ? 16 : 19) ?? '';
}

export function fromInputValue(value: string, zone = utc): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(value)) return null;
  const wall = parse(`${value}Z`);
  if (!wall) return null;
  // The zone's offset at that time is asked twice: the first guess may lie beyond a change of the clocks.
  const guess = new Date(wall.getTime() - offsetMs(wall, zone));
  return new Date(wall.getTime() - offsetMs(guess, zone)).toISOString();
}
