import { describe, expect, it } from 'vitest';
import { Catalogue } from './Catalogue';

const sources = [
  { name: 'a', ra: 179.999, dec: 10, extra: {} },
  { name: 'b', ra: 359.9, dec: -45.123456789, extra: {} },
  { name: 'c', ra: 12.3456789012, dec: 0, extra: {} },
];
const catalogue = new Catalogue(sources, '#ffffff');

describe('a catalogue', () => {
  it('finds the nearest source, across RA 180 and 0', () => {
    expect(catalogue.nearest({ raDeg: -179.999, decDeg: 10 }, 0.001)?.source.name).toBe('a');
    expect(catalogue.nearest({ raDeg: 0.05, decDeg: -45.1 }, 0.02)?.source.name).toBe('b');
  });
  it('finds none that is too far away', () =>
    expect(catalogue.nearest({ raDeg: 100, decDeg: 10 }, 0.001)).toBeUndefined());
  it.each([
    ['ra-left', [-179.999, 0.1, -12.3456789012]],
    ['ra-right', [179.999, -0.1, 12.3456789012]],
  ] as const)('places its sources to far better than single precision, %s', (orientation, xs) => {
    const vertices = catalogue.vertices(orientation);
    for (const [i, x] of xs.entries())
      expect(Math.abs(vertices[4 * i]! + vertices[4 * i + 2]! - x)).toBeLessThan(1e-11);
    expect(vertices[5]! + vertices[7]!).toBeCloseTo(-45.123456789, 11);
  });
});
