import { fieldLabel } from '~/features/audit-logs/query/fields';
import { shownValue } from '~/features/audit-logs/entry-values';
import { usePickValue, type PickedValue } from '~/features/audit-logs/value-menu';
import { texts } from '~/texts/audit-logs';
import { OutsideText } from '~/ui/outside-text';
import styles from './entry-table.module.css';

interface Props {
  value: PickedValue;
  reachable: boolean; // by Tab: only those of the row that the reader is at
  className?: string | undefined;
}

// A value in a row: opens the menu of what can be done with it.
export function ValueCell({ value, reachable, className }: Props) {
  const pick = usePickValue();
  const shown = shownValue(value);
  return (
    <button
      type="button"
      tabIndex={reachable ? 0 : -1}
      className={`${styles.value ?? ''} ${className ?? ''}`}
      aria-haspopup="menu"
      title={texts.value.menu(fieldLabel(value.field), shown)}
      onClick={(event) => pick(value, event)}
    >
      <OutsideText>{shown}</OutsideText>
    </button>
  );
}
