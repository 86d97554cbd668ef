// Before the first paint, so that a page in the dark does not flash: the person's choice, else the system's.
(() => {
  // An embedded page looks as the page around it says.
  let chosen = window.location.pathname.startsWith('/embed/') ? new URLSearchParams(window.location.search).get('theme') : null;
  try {
    chosen ??= localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // No storage in this window: the system decides.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
