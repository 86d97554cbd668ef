import { createTheme } from '@mantine/core';

// The header of a dialog is no banner of the page.
const dialogDefaults = { lockScroll: false, overlayProps: { backgroundOpacity: 0.3 }, attributes: { header: { role: 'none' } } };

// Colours and shades that a stylesheet must carry stand in theme.css: the console's content security policy
// allows no style element made at run time, so Mantine may not write its variables itself.
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
  // By name: naming the components themselves would load them with the first page.
  components: {
    Button: { styles: { label: { fontWeight: 500 } } },
    // A menu's first entry gets the focus, not a placeholder that is no entry.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // Locking the page's scroll would need a style element made at run time.
    Drawer: { defaultProps: dialogDefaults },
    Modal: { defaultProps: dialogDefaults, styles: { title: { fontWeight: 600 } } },
  },
});
