import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { parseTerms } from '~/features/audit-logs/query/terms';
import styles from './search-box.module.css';

interface Props {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  mistakeAt: number | null;
}

// Behind the text of the box, the same text unseen: it carries the shading of fields and the mark of a mistake.
export function QueryMirror({ input, text, mistakeAt }: Props) {
  const mirror = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = input.current;
    if (!box) return;
    const follow = () => {
      if (mirror.current) mirror.current.scrollLeft = box.scrollLeft;
    };
    follow();
    box.addEventListener('scroll', follow);
    return () => box.removeEventListener('scroll', follow);
  }, [input, text]);
  return (
    <div ref={mirror} className={styles.mirror} aria-hidden="true">
      {piecesOf(text, mistakeAt)}
    </div>
  );
}

function piecesOf(text: string, mistakeAt: number | null): ReactNode[] {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const term of parseTerms(text)) {
    pieces.push(text.slice(at, term.start));
    const isWrong = mistakeAt !== null && mistakeAt >= term.start && mistakeAt < term.end;
    const isField = term.field !== null || term.negated;
    pieces.push(
      <span key={term.start} data-wrong={isWrong || undefined} data-negated={term.negated || undefined} className={isField || isWrong ? styles.term : undefined}>
        {text.slice(term.start, term.end)}
      </span>,
    );
    at = term.end;
  }
  pieces.push(text.slice(at));
  return pieces;
}
