import '~/ui/mantine-styles';
import '~/ui/theme.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { theme } from '~/ui/theme';
import { forcedScheme } from './embed/forced-scheme';
import { makeQueryClient } from './query-client';
import { makeRouter } from './router';

// The routes are asked again, and find that nobody is signed in.
const queries = makeQueryClient(() => void router.invalidate());
const router = makeRouter(queries);

const forced = forcedScheme(window.location.pathname, window.location.search);
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      {/* No style elements at run time: the content security policy forbids them (see ui/theme.ts). */}
      <MantineProvider theme={theme} defaultColorScheme="auto" {...(forced ? { forceColorScheme: forced } : {})} withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
