import { useMemo } from 'react';
import { qrPath } from './qr-path';

// Drawn here, so that the secret goes nowhere. Dark on light in the dark too: not every scanner reads the opposite.
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg role="img" aria-label={label} width={176} height={176} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
