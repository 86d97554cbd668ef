// Times for people. Always UTC, always said so; nothing here reads the clock.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

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

// "22 Nov 2026"
export function formatDay(iso: string): string {
  const d = parse(iso);
  if (!d) return iso;
  return `${d.getUTCDate()} ${months[d.getUTCMonth()] ?? ''} ${d.getUTCFullYear()}`;
}

// "14:03:22"
export function formatClock(iso: string): string {
  const d = parse(iso);
  if (!d) return iso;
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

// "22 Nov 2026 14:03:19.412", to the last digit recorded
export function formatExact(iso: string): string {
  if (!parse(iso)) return iso;
  return `${formatDay(iso)} ${formatClock(iso)}.${fractionOf(iso)}`;
}

// "22 Nov 2026 14:03 UTC"
export function formatMinute(iso: string): string {
  const d = parse(iso);
  if (!d) return iso;
  return `${formatDay(iso)} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())} UTC`;
}

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

// What <input type="datetime-local"> holds, read as UTC: "2026-11-22T14:03" and back.
export function toInputValue(iso: string): string {
  const d = parse(iso);
  return d ? d.toISOString().slice(0, 16) : '';
}

export function fromInputValue(value: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(value)) return null;
  return parse(`${value}Z`)?.toISOString() ?? null;
}
