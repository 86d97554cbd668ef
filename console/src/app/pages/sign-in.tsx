import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { sessionKey } from '~/api/session';
import { SignInPage } from '~/features/session/sign-in-page';
import { isServerPath, safeNext } from '~/lib/safe-next';

export function SignInRoute() {
  const { next } = useSearch({ from: '/sign-in' });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const target = safeNext(next);
  return (
    <SignInPage
      reason={isServerPath(target) ? 'Your download starts after you sign in.' : undefined}
      onSignedIn={(session) => {
        queries.clear();
        queries.setQueryData(sessionKey, session);
        if (isServerPath(target)) {
          // A file is no page: fetch it and show the downloads' home meanwhile.
          window.location.assign(target);
          void navigate({ to: '/', replace: true });
        } else void navigate({ href: target, replace: true });
      }}
    />
  );
}
