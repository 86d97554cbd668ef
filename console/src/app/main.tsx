import '~/ui/mantine-styles';
import '~/ui/theme.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onOtherPerson } from '~/api/session';
import { waitingFor } from '~/api/waiting';
import { followTyping } from '~/lib/typed-fields';
import { theme } from '~/ui/theme';
import { forcedScheme } from './embed/forced-scheme';
import { makeQueryClient } from './query-client';
import { makeRouter } from './router';
import { prepareCover, SessionCover } from './session-cover';
import { onSignedOutElsewhere } from './windows';

const typed = followTyping(document, prepareCover);
const isEmbedded = window.location.pathname.startsWith('/embed/');
const hasUnsavedText = () => !isEmbedded && typed.last() !== null;

// Without unsaved text the routes are asked again, and find that nobody is signed in.
const queries = makeQueryClient({ hasUnsavedText, whenSessionEnds: () => void router.invalidate() });
const router = makeRouter(queries);

const forced = forcedScheme(window.location.pathname, window.location.search);
const element = document.getElementById('root');
if (element) {
  const root = createRoot(element);
  // A new document: nothing of this one is left, and the browser's way back finds nothing to show.
  const startAnew = (path: string) => {
    root.unmount();
    queries.clear();
    window.addEventListener('pageshow', ({ persisted }) => persisted && window.location.reload());
    window.location.replace(path);
  };
  onOtherPerson(() => startAnew('/'));
  onSignedOutElsewhere(() => (waitingFor() !== null || hasUnsavedText()) && startAnew('/sign-in'));
  // Where the person was, unless the page had put the focus back there.
  const goBackToText = () => requestAnimationFrame(() => document.activeElement === document.body && typed.last()?.focus());
  root.render(
    <StrictMode>
      {/* No style elements at run time: the content security policy forbids them (see ui/theme.ts). */}
      <MantineProvider theme={theme} defaultColorScheme="auto" {...(forced ? { forceColorScheme: forced } : {})} withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
          <SessionCover onBack={goBackToText} startAnew={startAnew} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
