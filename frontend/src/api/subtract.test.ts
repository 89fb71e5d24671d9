import { describe, expect, it } from 'vitest';
import { difference, type Patch } from './subtract';
import type { Encoding } from './types';

const encoding: Encoding = { kind: 'linear', quantum: 1, offset: 0, max_error: 0.5, max_relative_error: 0 };

/** A tile with these steps, the southern row first; null has no data. */
function patch(
  rows: (number | null)[][],
  westDeg: number,
  southDeg: number,
  widthDeg: number,
  mirrored: boolean,
): Patch {
  const zigzags = rows.flatMap((row) => {
    const steps = row.map((value) => value ?? -32768);
    return steps.map((step, i) => {
      const change = ((step - (steps[i - 1] ?? 0)) << 16) >> 16;
      return ((change << 1) ^ (change >> 15)) & 0xffff;
    });
  });
  const bytes = Uint8Array.from([...zigzags.map((word) => word & 255), ...zigzags.map((word) => word >> 8)]);
  return {
    bytes: bytes.buffer,
    decoding: { encoding, tileSize: rows.length, mirrored },
    box: { westDeg, eastDeg: westDeg + widthDeg, southDeg, northDeg: southDeg + widthDeg },
  };
}

const read = (pixels: Float32Array) =>
  Array.from({ length: pixels.length / 2 }, (_, i) => (pixels[2 * i + 1] ? pixels[2 * i] : null));

describe.each([false, true])('a difference, mirrored: %s', (mirrored) => {
  const inOrder = (north: (number | null)[], south: (number | null)[]) =>
    mirrored ? [...north.reverse(), ...south.reverse()] : [...north, ...south];
  const rows = [
    [10, 20],
    [30, null],
  ];

  it('takes away pixel by pixel where the grids are the same, and nothing where either has no data', () => {
    const other = patch(
      [
        [1, null],
        [3, 4],
      ],
      0,
      0,
      2,
      mirrored,
    );
    expect(read(difference(patch(rows, 0, 0, 2, mirrored), [other]))).toEqual(inOrder([27, null], [9, null]));
  });

  it('takes the pixel under the centre where they are not, and finds it round the sky', () => {
    // Pixels of half the size, one turn on, and over the southern row only.
    const small = [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => 4 * y + x));
    const other = patch(small, 359.9, -1.1, 2, mirrored);
    const found = read(difference(patch(rows, 0, 0, 2, mirrored), [other]));
    expect(found).toEqual(inOrder([null, null], [10 - 13, 20 - 15]));
  });

  it('is put together from several tiles', () => {
    const [west, east] = [patch([[1]], 0, 0, 1, mirrored), patch([[2]], 1, 0, 1, mirrored)];
    expect(read(difference(patch(rows, 0, 0, 2, mirrored), [west, east]))).toEqual(inOrder([null, null], [9, 18]));
  });
});
