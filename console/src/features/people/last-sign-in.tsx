import { texts } from '~/texts/people';
import { useNow } from '~/ui/use-now';

const words = texts.list;

// Undefined: the server does not say.
export function LastSignIn({ time }: { time: string | null | undefined }) {
  const now = useNow();
  if (time === undefined) return null;
  if (time === null) return <span className="dim">{words.never}</span>;
  return (
    <time dateTime={time} title={words.signedInAt(time)}>
      {words.signedIn(time, now)}
    </time>
  );
}
