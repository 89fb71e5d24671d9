import { describe, expect, it, test } from 'vitest';
import { decode } from './decode';
import type { Encoding } from './types';

const errors = { max_error: 0.25, max_relative_error: 0 };
const linear: Encoding = { kind: 'linear', quantum: 0.5, offset: 10, ...errors };
const asinh: Encoding = { kind: 'asinh', quantum: 0.02, offset: 1, scale: 2, step: 0.01, ...errors };

/** The format as the server describes it, written the other way round. */
function encode(steps: number[][]): Uint8Array {
  const zigzags = steps.flatMap((row) =>
    row.map((step, i) => {
      const difference = ((step - (i ? row[i - 1]! : 0)) << 16) >> 16;
      return ((difference << 1) ^ (difference >> 15)) & 0xffff;
    }),
  );
  return Uint8Array.from([...zigzags.map((zigzag) => zigzag & 255), ...zigzags.map((zigzag) => zigzag >> 8)]);
}

const values = (pixels: Float32Array) => [...pixels].filter((_, i) => i % 2 === 0);
const mask = (pixels: Float32Array) => [...pixels].filter((_, i) => i % 2 === 1);

describe('a number tile', () => {
  const bytes = encode([
    [0, 2],
    [-4, -32768],
  ]);

  it('has its southern row last', () => {
    const pixels = decode(bytes, { encoding: linear, tileSize: 2, mirrored: false });
    expect(values(pixels)).toEqual([8, 0, 10, 11]);
    expect(mask(pixels)).toEqual([1, 0, 1, 1]);
  });

  it('has its columns turned round where RA increases to the left', () => {
    const pixels = decode(bytes, { encoding: linear, tileSize: 2, mirrored: true });
    expect(values(pixels)).toEqual([0, 8, 11, 10]);
    expect(mask(pixels)).toEqual([0, 1, 1, 1]);
  });

  it('may go through a hyperbolic sine', () => {
    const [value] = decode(encode([[100]]), { encoding: asinh, tileSize: 1, mirrored: false });
    expect(value).toBeCloseTo(1 + 2 * Math.sinh(1), 5);
  });

  it('survives differences that overflow sixteen bits', () => {
    const steps = [32767, -32767, -32768, 32767];
    const pixels = decode(encode([steps, steps, steps, steps]), {
      encoding: { ...linear, quantum: 1, offset: 0 },
      tileSize: 4,
      mirrored: false,
    });
    expect(values(pixels).slice(0, 4)).toEqual([32767, -32767, 0, 32767]);
  });
});

test('a tile of the wrong length is refused in a sentence', () => {
  expect(() => decode(new Uint8Array(7), { encoding: linear, tileSize: 2, mirrored: false })).toThrow(
    'A tile of 2² pixels is 8 bytes, not 7.',
  );
});
