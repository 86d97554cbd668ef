import { useEffect, useRef } from 'react';
import type { AuditRecord } from '~/api/types';

interface Options {
  entries: AuditRecord[];
  active: string | null;
  setActive: (id: string) => void;
  open: (id: string | undefined) => void;
  isOpen: boolean;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

// j and k move, Enter opens, / goes to the search box; Escape is the drawer's own. Inside the drawer j and k
// turn to the next and previous entry.
export function useEntryKeys(options: Options): void {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (act(event.key, latest.current)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function act(key: string, { entries, active, setActive, open, isOpen }: Options): boolean {
  const otherDialog = !isOpen && document.querySelector('[role=dialog]') !== null;
  if (otherDialog) return false;
  if (key === '/' && !isOpen) {
    document.querySelector<HTMLInputElement>('input[data-search]')?.focus();
    return true;
  }
  if (key === 'Enter' && !isOpen && active !== null && document.activeElement === document.body) {
    open(active);
    return true;
  }
  if (key !== 'j' && key !== 'k') return false;
  const at = entries.findIndex((entry) => entry.id === active);
  const next = entries[at === -1 ? 0 : at + (key === 'j' ? 1 : -1)];
  if (!next) return true;
  setActive(next.id);
  if (isOpen) open(next.id);
  return true;
}
