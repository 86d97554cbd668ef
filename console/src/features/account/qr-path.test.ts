import jsqr from 'jsqr';
import { expect, it } from 'vitest';
import { qrPath } from './qr-path';

// Another library's reader, on the pixels that the path covers.
function read(text: string): string | undefined {
  const { size, path } = qrPath(text);
  const scale = 4;
  const width = size * scale;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let i = 0; i < scale * scale; i += 1) {
      const at = ((Number(y) * scale + Math.floor(i / scale)) * width + Number(x) * scale + (i % scale)) * 4;
      pixels.fill(0, at, at + 3);
    }
  }
  const read = (jsqr as unknown as { default?: typeof jsqr }).default ?? jsqr;
  return read(pixels, width, width)?.data;
}

it('is read back by another library', () => {
  const url = 'otpauth://totp/Trailkeeper:ann%40acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Trailkeeper&algorithm=SHA1&digits=6&period=30';
  expect(read(url)).toBe(url);
});
