/** One tile of numbers minus others that lie over it. Pure: it runs in the worker, and in tests. */

import type { SkyBox } from '../sky/grid';
import { CHANNELS, type Decoding, decode } from './decode';

/** A tile as it came over the wire, and where it lies. */
export interface Patch {
  bytes: ArrayBuffer;
  decoding: Decoding;
  box: SkyBox;
}

/**
 * Take other tiles away from one, each of its pixels minus the pixel that its centre falls in.
 *
 * @returns pixels as from `decode`; without data where either has none.
 */
export function difference(from: Patch, others: readonly Patch[]): Float32Array<ArrayBuffer> {
  const pixels = decode(new Uint8Array(from.bytes), from.decoding);
  const result = new Float32Array(pixels.length);
  for (const other of others) {
    const taken = decode(new Uint8Array(other.bytes), other.decoding);
    subtract({ pixels, result, taken }, columnsIn(from, other), rowsIn(from, other));
  }
  return result;
}

interface Arrays {
  pixels: Float32Array;
  taken: Float32Array;
  result: Float32Array;
}

/** Fill those pixels of the result that have a column and a row in the other tile. */
function subtract({ pixels, taken, result }: Arrays, columns: Int32Array, rows: Int32Array): void {
  const [width, otherWidth] = [columns.length, Math.sqrt(taken.length / CHANNELS)];
  for (const [y, row] of rows.entries()) {
    if (row < 0) continue;
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      if (column < 0) continue;
      const [at, there] = [CHANNELS * (y * width + x), CHANNELS * (row * otherWidth + column)];
      if (!pixels[at + 1] || !taken[there + 1]) continue;
      result[at] = pixels[at]! - taken[there]!;
      result[at + 1] = 1;
    }
  }
}

/** For each column of one tile the column of another at the same RA; -1 where it has none. */
function columnsIn(from: Patch, other: Patch): Int32Array {
  const [ours, theirs] = [from.decoding.tileSize, other.decoding.tileSize];
  const [side, otherSide] = [widthOf(from) / ours, widthOf(other) / theirs];
  return Int32Array.from({ length: ours }, (_, i) => {
    const raDeg = from.box.westDeg + ((from.decoding.mirrored ? ours - 1 - i : i) + 0.5) * side;
    const column = Math.floor((((((raDeg - other.box.westDeg) % 360) + 360) % 360) + 1e-9) / otherSide);
    if (column >= theirs) return -1;
    return other.decoding.mirrored ? theirs - 1 - column : column;
  });
}

/** For each row of one tile, the northernmost first, the row of another at the same Dec; -1 where it has none. */
function rowsIn(from: Patch, other: Patch): Int32Array {
  const [ours, theirs] = [from.decoding.tileSize, other.decoding.tileSize];
  const [side, otherSide] = [widthOf(from) / ours, widthOf(other) / theirs];
  return Int32Array.from({ length: ours }, (_, i) => {
    const row = Math.floor((other.box.northDeg - from.box.northDeg + (i + 0.5) * side + 1e-9) / otherSide);
    return row < theirs ? Math.max(-1, row) : -1;
  });
}

function widthOf({ box }: Patch): number {
  return box.eastDeg - box.westDeg;
}
