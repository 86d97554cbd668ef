// An embedded page looks as the page around it says, whatever the person chose for the console itself.
export function forcedScheme(path: string, search: string): 'light' | 'dark' | null {
  const theme = path.startsWith('/embed/') ? new URLSearchParams(search).get('theme') : null;
  return theme === 'light' || theme === 'dark' ? theme : null;
}
