import { Button, createTheme, Drawer, Modal } from '@mantine/core';

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
  components: {
    Button: Button.extend({ styles: { label: { fontWeight: 500 } } }),
    // Locking the page's scroll would need a style element made at run time.
    Drawer: Drawer.extend({ defaultProps: dialogDefaults }),
    Modal: Modal.extend({ defaultProps: dialogDefaults, styles: { title: { fontWeight: 600 } } }),
  },
});
