import { useEffect, useId, useRef, useState, type ChangeEvent, type KeyboardEvent, type SyntheticEvent } from 'react';
import { complete, placeAt, type Offer, type Place } from '~/features/audit-logs/query/completion';
import { isComplete } from '~/features/audit-logs/query/terms';
import { queryMax } from '~/features/audit-logs/search';
import { texts } from '~/texts/audit-logs';
import { CrossIcon, SearchIcon } from '~/ui/icons';
import { OfferList } from './offer-list';
import { QueryMirror } from './query-mirror';
import { useOffers } from './use-offers';
import styles from './search-box.module.css';

interface Props {
  org: string;
  query: string;
  onSearch: (query: string, options?: { replace: boolean }) => void;
  mistake: { sentence: string; at: number | null } | null;
}

const pauseMs = 350;

// The one box: free text and fields, with completion. Searches after a pause in typing, at Enter, and when left.
export function SearchBox({ org, query, onSearch, mistake }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const errorId = useId();
  const [text, setText, ask, leave] = useTyped(query, onSearch);
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const place = isOpen ? placeAt(text, caret) : null;
  const offers = useOffers(org, place);
  const isListed = place !== null && offers.length > 0;
  const active = isListed ? Math.min(chosen, offers.length - 1) : -1;

  const change = (event: ChangeEvent<HTMLInputElement>) => {
    setText(event.currentTarget.value);
    setCaret(event.currentTarget.selectionStart ?? 0);
    setOpen(true);
    setChosen(-1);
  };
  const moved = (event: SyntheticEvent<HTMLInputElement>) => setCaret(event.currentTarget.selectionStart ?? 0);
  const take = (at: Place, offer: Offer) => {
    const written = complete(text, at, offer);
    setText(written.text);
    setCaret(written.caret);
    setChosen(-1);
    setOpen(offer.kind === 'field');
    if (offer.kind === 'value') ask(written.text);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(written.caret, written.caret);
    });
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const offer = offers[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isListed) setOpen(true);
      else setChosen(event.key === 'ArrowDown' ? (active + 1) % offers.length : active <= 0 ? offers.length - 1 : active - 1);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      if (place && offer) {
        event.preventDefault();
        take(place, offer);
      } else if (event.key === 'Enter') {
        setOpen(false);
        ask(text);
      }
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      setOpen(false);
    }
  };
  const clear = () => {
    setText('');
    ask('');
    input.current?.focus();
  };
  return (
    <div className={styles.search}>
      <div className={styles.box} data-wrong={mistake !== null || undefined}>
        <span className={styles.icon}>
          <SearchIcon />
        </span>
        <QueryMirror input={input} text={text} mistakeAt={mistake?.at ?? null} />
        <input
          ref={input}
          className={styles.input}
          type="text"
          role="combobox"
          data-search
          aria-label={texts.search.label}
          aria-autocomplete="list"
          aria-expanded={isListed}
          aria-controls={listId}
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          aria-invalid={mistake !== null}
          aria-describedby={mistake ? errorId : undefined}
          placeholder={texts.search.placeholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={queryMax}
          value={text}
          onChange={change}
          onSelect={moved}
          onKeyDown={press}
          onClick={() => setOpen(true)}
          onBlur={() => (setOpen(false), leave())}
        />
        {text !== '' && (
          <button type="button" className={styles.clear} aria-label={texts.search.clear} onClick={clear}>
            <CrossIcon size={12} />
          </button>
        )}
      </div>
      <OfferList id={listId} offers={place ? offers : []} active={active} place={place} onTake={take} />
      {mistake && (
        <p id={errorId} role="alert" className={styles.mistake}>
          {mistake.sentence}
        </p>
      )}
    </div>
  );
}

type Typed = [text: string, setText: (text: string) => void, ask: (text: string) => void, leave: () => void];

// A text that is searched for after a pause once nothing in it is half typed, and follows when it changes elsewhere. What
// was asked here comes back a moment later, over which may have been typed on: that is no change elsewhere. One go at typing
// is one step for the browser's Back, which leads to what was shown before it.
function useTyped(query: string, onSearch: Props['onSearch']): Typed {
  const [text, setText] = useState(query);
  const [seen, setSeen] = useState(query);
  const [asked, setAsked] = useState<string[]>([]);
  if (seen !== query) {
    setSeen(query);
    setAsked(asked.slice(asked.lastIndexOf(query) + 1 || asked.length));
    if (text.trim() !== query && !asked.includes(query)) setText(query);
  }
  const ask = (wanted: string, options?: { replace: boolean }) => {
    const next = wanted.trim();
    if (next === query) return;
    setAsked([...asked, next]);
    onSearch(next, options);
  };
  const typed = useRef<string | null>(null); // the search that this go at typing has led to
  const latest = useRef((next: string) => ask(next));
  useEffect(() => {
    latest.current = (next) => {
      const goesOn = typed.current !== null && (typed.current === query || asked.includes(typed.current));
      typed.current = next.trim();
      ask(next, { replace: goesOn });
    };
  });
  useEffect(() => {
    if (text.trim() === query || !isComplete(text)) return;
    const timer = setTimeout(() => latest.current(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text, query]);
  const leave = () => {
    typed.current = null;
  };
  return [text, setText, ask, leave];
}
