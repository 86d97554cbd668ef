import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { sessionEndedKey } from '~/api/session';
import { useAdopt } from '~/app/use-adopt';
import { SignInPage } from '~/features/session/sign-in-page';
import { isServerPath, safeNext } from '~/lib/safe-next';
import { texts } from '~/texts/session';

export function SignInRoute() {
  const { next, problem, reset } = useSearch({ from: '/sign-in' });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const adopt = useAdopt();
  const target = safeNext(next);
  const isDownload = isServerPath(target);
  const ended = queries.getQueryData(sessionEndedKey) ? texts.signIn.ended : undefined;
  return (
    <SignInPage
      next={target}
      problem={problem}
      reason={reset ? texts.signIn.passwordSet : isDownload ? texts.signIn.download : ended}
      forgotLink={<Link to="/forgot">{texts.signIn.forgot}</Link>}
      onSignedIn={(session) => {
        adopt(session);
        if (isDownload) {
          // A file is no page: fetch it and show the downloads' home meanwhile.
          window.location.assign(target);
          void navigate({ to: '/', replace: true });
        } else void navigate({ href: target, replace: true });
      }}
    />
  );
}
