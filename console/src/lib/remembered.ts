// What this browser keeps of how a person likes the page. A browser that keeps nothing gets the defaults.
const prefix = 'trailkeeper.';

export function recall(key: string): unknown {
  try {
    const text = localStorage.getItem(prefix + key);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // Full, or not allowed: the choice holds until the page is left.
  }
}
