import { expect, it } from 'vitest';
import { PackedSources } from './packedSources';

/** Two sources, as the server packs them. */
function packed(): ArrayBuffer {
  const header = JSON.stringify({
    count: 2,
    found: 5,
    left_out: 3,
    by: 'snr',
    columns: ['row', 'ra', 'dec', 'value'].map((name, i) => ({ name, offset: 304 + 8 * i })),
  }).padEnd(300);
  const bytes = new ArrayBuffer(304 + 32);
  new DataView(bytes).setUint32(0, 300, true);
  new Uint8Array(bytes, 4, 300).set(new TextEncoder().encode(header));
  new Uint32Array(bytes, 304).set([7, 4_000_000_000]);
  new Int32Array(bytes, 312).set([-(2 ** 30), 2 ** 29]);
  new Int32Array(bytes, 320).set([2 ** 29, 0]);
  new Float32Array(bytes, 328).set([12.5, Number.NaN]);
  return bytes;
}

it('reads places, rows and the value that sources are ordered by', () => {
  const sources = new PackedSources(packed());

  expect([sources.length, sources.found, sources.by]).toEqual([2, 5, 'snr']);
  expect(sources.at(0)).toEqual({ name: null, ra: -90, dec: 45, extra: { snr: 12.5 }, row: 7 });
  expect(sources.at(1)).toEqual({ name: null, ra: 45, dec: 0, extra: {}, row: 4_000_000_000 });
});
