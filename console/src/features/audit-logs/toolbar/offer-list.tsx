import { useEffect, useRef } from 'react';
import type { Offer, Place } from '~/features/audit-logs/query/completion';
import { fieldLabel } from '~/features/audit-logs/query/fields';
import { formatCount } from '~/lib/format';
import { texts } from '~/texts/audit-logs';
import { OutsideText } from '~/ui/outside-text';
import styles from './search-box.module.css';

interface Props {
  id: string;
  offers: Offer[];
  active: number;
  place: Place | null;
  onTake: (place: Place, offer: Offer) => void;
}

// The completions below the box. The focus stays in the box; what is active is said by aria-activedescendant.
export function OfferList({ id, offers, active, place, onTake }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <>
      <span className="visually-hidden" role="status">
        {place ? texts.search.offered(offers.length) : ''}
      </span>
      <ul ref={list} id={id} role="listbox" aria-label={texts.search.offers} className={styles.offers} hidden={offers.length === 0}>
        {offers.map((offer, i) => (
          <li
            key={`${offer.kind} ${offer.field ?? ''} ${offer.value} ${offer.hint ?? ''}`}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            className={styles.offer}
            // Before the box loses the focus and the list with it.
            onMouseDown={(event) => {
              event.preventDefault();
              if (place) onTake(place, offer);
            }}
          >
            <OfferWords offer={offer} />
          </li>
        ))}
      </ul>
    </>
  );
}

function OfferWords({ offer }: { offer: Offer }) {
  return (
    <>
      <span className={styles.offerMain}>
        {offer.field && <span className="dim">{fieldLabel(offer.field)}: </span>}
        {offer.kind === 'field' ? <strong>{offer.value}:</strong> : <OutsideText>{offer.label ?? offer.value}</OutsideText>}
      </span>
      <span className={`${styles.offerHint ?? ''} dim`}>{offer.hint ?? (offer.label ? offer.value : '')}</span>
      {offer.count !== undefined && <span className="figures dim">{formatCount(offer.count)}</span>}
    </>
  );
}
