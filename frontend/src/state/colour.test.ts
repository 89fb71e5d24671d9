import { describe, expect, it, test } from 'vitest';
import type { Histogram, Layer } from '../api/types';
import { fractionOf, PRESETS, resolveColour, STRETCHES, shifted, tails, valueAt, warpOf, widened } from './colour';

const flat: Histogram = {
  layer_id: 'x',
  is_final: true,
  edges: Array.from({ length: 101 }, (_, i) => i),
  histogram: Array.from({ length: 100 }, () => 10),
  vmin: 20,
  vmax: 80,
};

describe.each(STRETCHES)('the %s stretch', (stretch) => {
  it('takes the limits to the ends of the colour bar', () => {
    const warp = warpOf({ vmin: 2, vmax: 50, stretch });
    expect(fractionOf(2, warp)).toBeCloseTo(0, 12);
    expect(fractionOf(50, warp)).toBeCloseTo(1, 12);
  });

  it('never goes back', () => {
    const warp = warpOf({ vmin: -5, vmax: 50, stretch });
    const fractions = Array.from({ length: 56 }, (_, i) => fractionOf(i - 5, warp));
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it('has an inverse', () => {
    const warp = warpOf({ vmin: 1, vmax: 50, stretch });
    for (const fraction of [0, 0.1, 0.5, 0.9, 1])
      expect(fractionOf(valueAt(fraction, warp), warp)).toBeCloseTo(fraction, 9);
  });

  it('gives numbers for limits of any kind', () => {
    for (const [vmin, vmax] of [
      [0, 0],
      [-3, -1],
      [5, -5],
      [1e-30, 1e30],
      [-1, 0],
    ] as const) {
      expect(Number.isFinite(fractionOf(0.5, warpOf({ vmin, vmax, stretch })))).toBe(true);
    }
  });
});

// The formulas of tilemaker/render/stretch.py, worked out there.
test.each([
  ['linear', -100, 300, 100, 0.5],
  ['log', 1, 100, 10, 0.5],
  ['log', -5, 1000, Math.sqrt(1000), 0.5],
  ['sqrt', 0, 4, 1, 0.5],
  ['square', 0, 4, 2, 0.25],
  ['symlog', -10, 10, 0, 0.5],
  ['symlog', 0, 100, 1, Math.log(2) / Math.log(101)],
  ['asinh', -10, 10, 0, 0.5],
  ['asinh', 5, 15, 6, Math.asinh(1) / Math.asinh(10)],
] as const)('%s from %f to %f puts %f at %f', (stretch, vmin, vmax, value, fraction) =>
  expect(fractionOf(value, warpOf({ vmin, vmax, stretch }))).toBeCloseTo(fraction, 9),
);

it('limits in decreasing order turn the colour map round', () => {
  expect(warpOf({ vmin: 5, vmax: -5, stretch: 'linear' })).toMatchObject({ turned: true, low: -5, high: 5 });
});

describe('the colours of a layer', () => {
  const layer = { cmap: 'planck', vmin: 'auto', vmax: 'auto' } as Layer;

  it('wait for limits that must be measured', () => expect(resolveColour(layer, undefined)).toBeUndefined());
  it('are the layer’s own where nothing was changed', () =>
    expect(resolveColour(layer, flat)).toEqual({
      cmap: 'planck',
      vmin: 20,
      vmax: 80,
      stretch: 'linear',
      absolute: false,
      inverted: false,
    }));
  it('are what the user chose where something was', () =>
    expect(resolveColour({ ...layer, vmin: -3, vmax: 3 }, undefined, { vmax: 9, cmap: 'gray' })).toMatchObject({
      vmin: -3,
      vmax: 9,
      cmap: 'gray',
    }));
  it('begin at zero for absolute values', () =>
    expect(resolveColour({ ...layer, vmin: -5, vmax: 3 }, undefined, { absolute: true })).toMatchObject({
      vmin: 0,
      vmax: 5,
    }));
});

describe('limits read off the histogram', () => {
  it('leave the tails outside', () => {
    const { vmin, vmax } = tails(flat, 0.05);
    expect([vmin, vmax]).toEqual([5, 95]);
  });
  it('reach over all pixels and no further', () => {
    const histogram = flat.histogram.map((count, bin) => (bin >= 10 && bin < 30 ? count : 0));
    expect(tails({ ...flat, histogram }, 0)).toEqual({ vmin: 10, vmax: 30 });
  });
  it('are the whole range when there are no pixels', () =>
    expect(tails({ ...flat, histogram: flat.histogram.map(() => 0) }, 0.01)).toEqual({ vmin: 0, vmax: 100 }));
  it.each(PRESETS)('$name makes a range', ({ limits }) => {
    const { vmin, vmax } = limits(flat);
    expect(vmin).toBeLessThan(vmax);
  });
});

it('shifting and widening keep what they should', () => {
  expect(shifted({ vmin: 0, vmax: 10 }, 0.1)).toEqual({ vmin: 1, vmax: 11 });
  expect(widened({ vmin: 0, vmax: 10 }, 2)).toEqual({ vmin: -5, vmax: 15 });
});

describe('ranks', () => {
  const steps = { vmin: 0, vmax: 4, edges: [0, 1, 2, 3, 4], histogram: [10, 30, 40, 20] };

  it('are the parts of the pixels between the limits that lie below', () => {
    const warp = warpOf({ vmin: 0, vmax: 4, stretch: 'histeq', population: steps });
    for (const [value, rank] of [
      [1, 0.1],
      [2, 0.4],
      [2.5, 0.6],
      [3, 0.8],
    ] as const)
      expect(fractionOf(value, warp)).toBeCloseTo(rank, 3);
    expect(valueAt(0.4, warp)).toBeCloseTo(2, 2);
  });

  it('count nothing outside the limits', () => {
    const warp = warpOf({ vmin: 1, vmax: 3, stretch: 'histeq', population: steps });
    expect(fractionOf(2, warp)).toBeCloseTo(3 / 7, 3);
  });

  it('of absolute values count both signs', () => {
    const even = { vmin: -2, vmax: 2, edges: [-2, -1, 0, 1, 2], histogram: [5, 20, 30, 45] };
    const warp = warpOf({ vmin: 0, vmax: 2, stretch: 'histeq', population: even, absolute: true });
    expect(fractionOf(1, warp)).toBeCloseTo(0.5, 3);
  });

  it('are linear where nothing lies between the limits', () => {
    const warp = warpOf({ vmin: 10, vmax: 20, stretch: 'histeq', population: steps });
    expect(fractionOf(15, warp)).toBeCloseTo(0.5, 6);
  });
});
