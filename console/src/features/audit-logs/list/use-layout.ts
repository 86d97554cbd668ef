import { useState } from 'react';
import { recall, remember } from '~/lib/remembered';
import { layoutFrom, type Layout } from './layout';

const key = 'audit-logs.layout';

// The person's columns and density, kept in this browser.
export function useLayout(): [Layout, (layout: Layout) => void] {
  const [layout, setLayout] = useState(() => layoutFrom(recall(key)));
  const set = (next: Layout) => {
    remember(key, next);
    setLayout(next);
  };
  return [layout, set];
}
