import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { SessionOrg } from '~/api/types';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], [role=menu]') !== null;

interface Options {
  org: SessionOrg | null;
  onPalette: () => void;
  onHelp: () => void;
}

// After g, this long for the letter that says where to.
const secondKeyMs = 1500;

// Ctrl K (or ⌘ K) from anywhere; ? and g with a letter where nobody types and no dialog is open.
export function useShortcuts(options: Options): void {
  const navigate = useNavigate();
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    let startedAt = -Infinity;
    const go = (key: string): boolean => {
      const { org } = latest.current;
      if (key === 'm') void navigate({ to: '/account' });
      else if (!org) return false;
      else if (key === 'a') void navigate({ to: '/orgs/$org/settings/audit-logs', params: { org: org.id } });
      else if (key === 'i') void navigate({ to: '/orgs/$org/settings/integrations', params: { org: org.id } });
      else if (key === 'p') void navigate({ to: '/orgs/$org/settings/people', params: { org: org.id } });
      else return false;
      return true;
    };
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('[role=dialog]')) return;
      if (event.key === '?') {
        event.preventDefault();
        latest.current.onHelp();
      } else if (event.timeStamp - startedAt < secondKeyMs) {
        startedAt = -Infinity;
        if (go(event.key)) event.preventDefault();
      } else if (event.key === 'g') startedAt = event.timeStamp;
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [navigate]);
}
