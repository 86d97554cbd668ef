// What cannot wait for the program: it runs before the first paint, while the program still loads.
(() => {
  // A page in the dark does not flash: the person's choice, else the system's. An embedded page looks as the page
  // around it says.
  const { pathname, search } = window.location;
  const isEmbedded = pathname.startsWith('/embed/');
  let chosen = isEmbedded ? new URLSearchParams(search).get('theme') : null;
  try {
    chosen ??= localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // No storage in this window: the system decides.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');

  // Who is signed in, and the first page of the log when that is where they go: the program takes these answers instead
  // of asking again (src/api/asked-early.ts). An embedded page has its own token.
  if (isEmbedded) return;
  const ask = (address) => fetch(address, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
  // Whose log was open to the person when this browser heard last (src/api/session.ts): both are asked for at once.
  const readLately = (id) => {
    try {
      return JSON.parse(localStorage.getItem('trailkeeper.reads') ?? '[]').includes(id);
    } catch {
      return false;
    }
  };
  const session = ask('/v1/sessions/current');
  const asked = (window.askedEarly = new Map([['/v1/sessions/current', session]]));
  const org = /^\/orgs\/([^/]+)\/settings\/audit-logs\/?$/.exec(pathname)?.[1];
  const state = new URLSearchParams(search);
  // Ranges that count back from now are the program's to name.
  const isPlain = [...state.keys()].every((key) => key === 'query' || key === 'event');
  if (org !== undefined && isPlain) {
    const query = state.get('query')?.trim();
    const address = `/v1/orgs/${org}/events${query ? `?${new URLSearchParams({ query })}` : ''}`;
    const id = decodeURIComponent(org);
    const mayRead = ({ orgs }) => orgs.some((item) => item.id === id && item.role !== 'member' && item.entitlements.audit_logs);
    const afterSession = () => session.then(async (answer) => (answer.ok && mayRead(await answer.clone().json()) ? ask(address) : null));
    asked.set(address, readLately(id) ? ask(address) : afterSession());
  }
  for (const answer of asked.values()) answer.catch(() => {});
})();
