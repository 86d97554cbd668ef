import { Menu } from '@mantine/core';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { copyText } from '~/lib/clipboard';
import { texts } from '~/texts/audit-logs';
import { CheckIcon, CopyIcon, FilterIcon } from '~/ui/icons';
import { ExcludeIcon } from './icons';
import { withExcluded, withOnly } from './query/terms';

// A value that something can be done with: what it is in the search language, and what it reads as.
export interface PickedValue {
  field: string;
  value: string; // as a term has it, "=x" for exactly x
  text: string; // to copy
}

type Pick = (value: PickedValue, event: MouseEvent<HTMLElement>) => void;

const Context = createContext<Pick>(() => undefined);

export const usePickValue = (): Pick => useContext(Context);

interface Props {
  query: string;
  onSearch: (query: string) => void;
  children: ReactNode;
}

interface Picked extends PickedValue {
  at: DOMRect;
  from: HTMLElement;
  opening: number; // the same value picked again is another menu
}

// One menu for every value of the page: filter by it, exclude it, copy it.
export function ValueMenu({ query, onSearch, children }: Props) {
  const [picked, setPicked] = useState<Picked | null>(null);
  const pick = useCallback<Pick>((value, event) => {
    event.preventDefault();
    event.stopPropagation();
    const from = event.currentTarget;
    setPicked((last) => ({ ...value, at: from.getBoundingClientRect(), from, opening: (last?.opening ?? 0) + 1 }));
  }, []);
  const close = () => {
    picked?.from.focus({ preventScroll: true });
    setPicked(null);
  };
  return (
    <Context value={pick}>
      {children}
      {picked && <Opened key={`${picked.field} ${picked.value} ${picked.at.top} ${picked.opening}`} picked={picked} query={query} onSearch={onSearch} close={close} />}
    </Context>
  );
}

function Opened({ picked, query, onSearch, close }: { picked: Picked; query: string; onSearch: Props['onSearch']; close: () => void }) {
  const [copied, setCopied] = useState(false);
  const { at, field, value, text } = picked;
  const target = useMemo(() => ({ position: 'fixed' as const, top: at.top, left: at.left, width: at.width, height: at.height, pointerEvents: 'none' as const }), [at]);
  const latest = useRef(close);
  const closing = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Never closes a menu that was opened after this one.
  useEffect(() => () => clearTimeout(closing.current), []);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    // It stands at a place of the window: scrolled away from, it would point at another value.
    const gone = () => latest.current();
    window.addEventListener('scroll', gone, { once: true, passive: true });
    return () => window.removeEventListener('scroll', gone);
  }, []);
  const copy = async () => {
    setCopied(await copyText(text));
    closing.current = setTimeout(() => latest.current(), 600);
  };
  return (
    // In its place, not in a portal: what stands in no landmark is hard to find by ear.
    <Menu opened onChange={(isOpen) => !isOpen && close()} position="bottom-start" shadow="md" zIndex={400} returnFocus={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <span style={target} aria-hidden="true" />
      </Menu.Target>
      <Menu.Dropdown aria-label={text}>
        <Menu.Item leftSection={<FilterIcon size={14} />} onClick={() => onSearch(withOnly(query, field, value))}>
          {texts.value.filter}
        </Menu.Item>
        <Menu.Item leftSection={<ExcludeIcon size={14} />} onClick={() => onSearch(withExcluded(query, field, value))}>
          {texts.value.exclude}
        </Menu.Item>
        <Menu.Item leftSection={copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />} closeMenuOnClick={false} onClick={() => void copy()}>
          {texts.value.copy}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
