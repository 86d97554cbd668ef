import { Checkbox, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { CountedValue, FacetField } from '~/api/types';
import { ExcludeIcon } from '~/features/audit-logs/icons';
import { fieldLabel } from '~/features/audit-logs/query/fields';
import { toggleValue, withExcluded, withoutField, withValue, withoutValue } from '~/features/audit-logs/query/terms';
import { formatCount } from '~/lib/format';
import { texts } from '~/texts/audit-logs';
import { OutsideText } from '~/ui/outside-text';
import { facetValues, type FacetValue } from './facet-terms';
import styles from './facets.module.css';

interface Props {
  field: FacetField;
  values: CountedValue[];
  more: boolean;
  few: number; // how many are shown at first
  many: number; // and at most
  isLong: boolean; // more than those have been loaded
  onMore: () => void;
  text: string;
  onSearch: (text: string) => void;
}

export function FacetGroup({ field, values, more, few, many, isLong, onMore, text, onSearch }: Props) {
  const [isOpen, setOpen] = useState(false);
  const label = fieldLabel(field);
  const all = facetValues(field, values, text);
  const shown = all.filter((value, i) => i < (isOpen ? many : few) || value.isChosen || value.isExcluded);
  const hasMore = more || all.length > shown.length;
  if (all.length === 0) return null;
  const open = () => {
    setOpen(true);
    if (!isLong) onMore();
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>
        {label}
        {all.some(({ isChosen }) => isChosen) && (
          <UnstyledButton className={styles.small} aria-label={texts.facets.clear(label)} onClick={() => onSearch(withoutField(text, field))}>
            {texts.facets.clearShort}
          </UnstyledButton>
        )}
      </legend>
      {shown.map((value) => (
        <Value key={value.term} field={field} value={value} text={text} onSearch={onSearch} />
      ))}
      {isOpen && all.length > shown.length && <p className={styles.beyond}>{texts.facets.beyond(all.length - shown.length, more, field)}</p>}
      {(hasMore || isOpen) && (
        <UnstyledButton className={styles.small} aria-label={isOpen ? `${texts.facets.fewer}: ${label}` : texts.facets.more(label)} onClick={isOpen ? () => setOpen(false) : open}>
          {isOpen ? texts.facets.fewer : texts.facets.moreShort}
        </UnstyledButton>
      )}
    </fieldset>
  );
}

interface ValueProps {
  field: FacetField;
  value: FacetValue;
  text: string;
  onSearch: (text: string) => void;
}

function Value({ field, value: { term, label, count, isChosen, isExcluded }, text, onSearch }: ValueProps) {
  // Taking an exclusion back is asking for the value and no longer asking for it.
  const included = () => withoutValue(withValue(text, field, term), field, term);
  return (
    <div className={styles.value} data-excluded={isExcluded || undefined}>
      <Checkbox
        size="xs"
        className={styles.check ?? ''}
        checked={isChosen}
        onChange={() => onSearch(toggleValue(text, field, term))}
        label={
          <span className={styles.label} title={label}>
            <OutsideText>{label}</OutsideText>
            {isExcluded && <span className="visually-hidden"> ({texts.facets.excluded})</span>}
          </span>
        }
      />
      {count !== null && <span className={`${styles.count ?? ''} figures dim`}>{formatCount(count)}</span>}
      <UnstyledButton
        className={styles.exclude}
        aria-label={isExcluded ? texts.facets.include(label) : texts.facets.exclude(label)}
        title={isExcluded ? texts.facets.include(label) : texts.facets.exclude(label)}
        aria-pressed={isExcluded}
        onClick={() => onSearch(isExcluded ? included() : withExcluded(text, field, term))}
      >
        <ExcludeIcon size={14} />
      </UnstyledButton>
    </div>
  );
}
