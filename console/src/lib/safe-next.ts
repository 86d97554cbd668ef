// Where to go after signing in: a path of this origin, or the start page. Anything that a browser could
// read as another origin ("//host", "/\host", "https:...", control characters) is refused.
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || next.length > 2048) return '/';
  if (!/^\/(?![/\\])/.test(next)) return '/';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(next)) return '/';
  const url = new URL(next, 'https://here.invalid');
  if (url.origin !== 'https://here.invalid') return '/';
  if (url.pathname === '/sign-in') return '/';
  // Dots resolved, so "/..//host" has become "//host" by now.
  if (url.pathname.startsWith('//')) return '/';
  return url.pathname + url.search + url.hash;
}

// Whether the place is served by the server (a file to download) rather than by the console's router.
export const isServerPath = (path: string): boolean => path.startsWith('/v1/');
