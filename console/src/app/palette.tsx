import { Modal } from '@mantine/core';
import { useId, useState, type KeyboardEvent } from 'react';
import { texts as common } from '~/texts/common';
import { matchesWords } from '~/lib/match-words';
import { texts } from '~/texts/frame';
import { OutsideText } from '~/ui/outside-text';
import { usePaletteItems, type PaletteItem } from './palette-items';
import type { Session, SessionOrg } from '~/api/types';
import styles from './palette.module.css';

interface Props {
  session: Session;
  org: SessionOrg | null;
  onClose: () => void;
}

const shownMax = 50;

// Go to a page, an organization or a setting by typing a part of its name.
export function Palette({ session, org, onClose }: Props) {
  const items = usePaletteItems(session, org);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = items.filter((item) => matchesWords(typed, `${item.group} ${item.name} ${item.also ?? ''}`)).slice(0, shownMax);
  const chosen = Math.min(at, Math.max(found.length - 1, 0));
  const run = (item: PaletteItem | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((chosen + step + found.length) % Math.max(found.length, 1));
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal opened onClose={onClose} title={texts.paletteTitle} padding={0} yOffset="12dvh" classNames={{ title: 'visually-hidden', header: styles.header ?? '' }} closeButtonProps={{ 'aria-label': common.close }}>
      <input
        className={styles.input}
        role="combobox"
        aria-label={texts.search}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[chosen] ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        placeholder={texts.search}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        data-passing
        maxLength={200}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={`${id}-list`} role="listbox" aria-label={texts.paletteTitle} className={styles.list}>
        {found.map((item, i) => (
          <div
            key={`${item.group} ${item.name} ${i}`}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            className={styles.item}
            ref={i === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            onMouseMove={() => setAt(i)}
            onClick={() => run(item)}
          >
            <OutsideText>{item.name}</OutsideText>
            <span className={styles.group}>{item.group}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className={styles.none} role="status">
          {texts.paletteNone}
        </p>
      )}
    </Modal>
  );
}
