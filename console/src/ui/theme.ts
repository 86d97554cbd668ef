import { createTheme } from '@mantine/core';

// Colours and shades that a stylesheet must carry stand in theme.css: the console's content security policy
// allows no style element made at run time, so Mantine may not write its variables itself.
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
});
