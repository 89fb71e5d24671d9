/** Sources of a part of the sky as they come over the wire: columns of numbers. The layout is in the API's description. */

import type { Source } from './types';

/** One of a list of which only a part is here; its name and all else are asked for by its row. */
export interface NumberedSource extends Source {
  row: number;
}

interface Header {
  count: number;
  found: number;
  left_out: number;
  by: string | null;
  columns: readonly { name: string; offset: number }[];
}

const DEG_PER_STEP = 180 / 2 ** 31;

/** Those that matter most come first. */
export class PackedSources {
  readonly length: number;
  /** How many there are in that part of the sky, here or not. */
  readonly found: number;
  /** What they are ordered by. */
  readonly by: string | null;
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  readonly #rows: Uint32Array;
  readonly #values: Float32Array;

  constructor(bytes: ArrayBuffer) {
    const length = new DataView(bytes).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))) as Header;
    const at = (name: string) => header.columns.find((column) => column.name === name)!.offset;
    this.length = header.count;
    this.found = header.found;
    this.by = header.by;
    this.#rows = new Uint32Array(bytes, at('row'), this.length);
    this.#values = new Float32Array(bytes, at('value'), this.length);
    this.ra = Float64Array.from(new Int32Array(bytes, at('ra'), this.length), (step) => step * DEG_PER_STEP);
    this.dec = Float64Array.from(new Int32Array(bytes, at('dec'), this.length), (step) => step * DEG_PER_STEP);
  }

  /** What is known here of a source. */
  at(i: number): NumberedSource {
    const value = this.#values[i]!;
    const extra = this.by === null || Number.isNaN(value) ? {} : { [this.by]: Number(value.toPrecision(7)) };
    return { name: null, ra: this.ra[i]!, dec: this.dec[i]!, extra, row: this.#rows[i]! };
  }
}
