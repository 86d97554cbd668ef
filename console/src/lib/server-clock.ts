// The server's business clock as far as its answers tell: "the last 24 hours" must mean the same on both
// sides even when this computer's clock is off.
let offsetMs = 0;

export function observeServerTime(iso: string): void {
  const time = Date.parse(iso);
  if (!Number.isNaN(time)) offsetMs = time - Date.now();
}

export const serverNowMs = (): number => Date.now() + offsetMs;
