import { useEffect, type RefObject } from 'react';
import { tell } from './bridge';

// The page around it makes room for what is shown.
export function useReportedHeight(content: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = content.current;
    if (!element) return;
    const observer = new ResizeObserver(() => tell({ type: 'trailkeeper:height', height: Math.ceil(element.getBoundingClientRect().height) }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [content]);
}
