/** From the bytes of a number tile to pixels for the graphics card. Pure: it runs in a worker, and in tests. */

import type { Encoding } from './types';

/** The step that means "no data here". */
const NO_DATA = -32768;

/** Numbers in each pixel of a decoded tile: the value, then 1 where there is one and 0 where there is none. */
export const CHANNELS = 2;

export interface Decoding {
  encoding: Encoding;
  tileSize: number;
  /** Whether RA is to increase to the left. */
  mirrored: boolean;
}

/**
 * Decode a number tile.
 *
 * @param bytes int16 steps, row 0 south: differences along each row, zigzag, all low bytes and then all high bytes.
 * @returns pairs of value and mask, row 0 *north* and, when mirrored, the highest RA first: as a texture wants them.
 */
export function decode(bytes: Uint8Array, { encoding, tileSize, mirrored }: Decoding): Float32Array<ArrayBuffer> {
  const count = tileSize * tileSize;
  if (bytes.length !== 2 * count)
    throw new RangeError(`A tile of ${tileSize}² pixels is ${2 * count} bytes, not ${bytes.length}.`);
  const pixels = new Float32Array(CHANNELS * count);
  const values = valuesOf(encoding);
  const [first, stride] = mirrored ? [tileSize - 1, -1] : [0, 1];
  for (let row = 0; row < tileSize; row++) {
    const source = row * tileSize;
    let target = CHANNELS * ((tileSize - 1 - row) * tileSize + first);
    let step = 0;
    for (let column = 0; column < tileSize; column++, target += CHANNELS * stride) {
      const zigzag = bytes[source + column]! | (bytes[count + source + column]! << 8);
      // Differences wrap round in 16 bits, as they did when they were taken.
      step = ((step + ((zigzag >>> 1) ^ -(zigzag & 1))) << 16) >> 16;
      if (step === NO_DATA) continue;
      pixels[target] = values[step - NO_DATA]!;
      pixels[target + 1] = 1;
    }
  }
  return pixels;
}

/** The value of every step, looked up: a hyperbolic sine for each pixel takes ten times as long. */
function valuesOf(encoding: Encoding): Float32Array {
  const key = JSON.stringify(encoding);
  let table = tables.get(key);
  if (!table) {
    if (tables.size >= MOST_TABLES) tables.clear();
    table = Float32Array.from({ length: 65536 }, (_, i) => valueOfStep(i + NO_DATA, encoding));
    tables.set(key, table);
  }
  return table;
}

/** Enough for layers that are compared. */
const MOST_TABLES = 4;
const tables = new Map<string, Float32Array>();

function valueOfStep(step: number, encoding: Encoding): number {
  if (encoding.kind === 'asinh') return encoding.offset + encoding.scale * Math.sinh(encoding.step * step);
  return encoding.offset + encoding.quantum * step;
}
