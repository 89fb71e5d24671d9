import { describe, expect, it, test } from 'vitest';
import { axisAround, shows, suits, wholeOf, zoomed } from './axis';

const WHOLE = { from: -1200, to: 1200 };

describe('the values that a histogram is drawn over', () => {
  test.each([
    [[-5, 0, 5], { vmin: -1, vmax: 1 }, { from: -5, to: 5 }],
    [[-5, 0, 5], { vmin: -9, vmax: 7 }, { from: -9, to: 7 }],
    [undefined, { vmin: 3, vmax: 1 }, { from: 1, to: 3 }],
    [undefined, { vmin: 2, vmax: 2 }, { from: 1, to: 3 }],
  ])('are all that occur, and the limits: %j %j', (edges, limits, wanted) => {
    expect(wholeOf(edges, limits)).toEqual(wanted);
  });

  test.each([
    [
      { vmin: -300, vmax: 300 },
      { from: -600, to: 600 },
    ],
    [
      { vmin: 300, vmax: -300 },
      { from: -600, to: 600 },
    ],
    [{ vmin: -1000, vmax: 1000 }, WHOLE],
    [
      { vmin: 1e-6, vmax: 3e-6 },
      { from: 0, to: 4e-6 },
    ],
  ])('are twice as wide as the limits, where there are as many: %j', (limits, wanted) => {
    const axis = axisAround(limits, WHOLE);
    expect(axis.from).toBeCloseTo(wanted.from, 12);
    expect(axis.to).toBeCloseTo(wanted.to, 12);
    expect(suits(axis, limits, WHOLE)).toBe(true);
  });

  it('leave room where both limits are the same', () => {
    const axis = axisAround({ vmin: 5, vmax: 5 }, WHOLE);
    expect(axis.from).toBeLessThan(5);
    expect(axis.to).toBeGreaterThan(5);
  });

  test.each([
    ['limits that cannot be told apart', { vmin: -1, vmax: 1 }, false],
    ['a limit at the end of the axis', { vmin: -100, vmax: 599 }, false],
    ['limits outside', { vmin: -700, vmax: 0 }, false],
    ['limits within', { vmin: -200, vmax: 100 }, true],
  ])('do not suit %s', (_, limits, wanted) => {
    expect(suits({ from: -600, to: 600 }, limits, WHOLE)).toBe(wanted);
  });
});

describe('zooming', () => {
  const limits = { vmin: -100, vmax: 100 };

  it('keeps what is under the pointer where it is', () => {
    const axis = zoomed({ from: -800, to: 800 }, { at: 0.25, times: 1.6 }, limits, WHOLE);
    expect((-400 - axis.from) / (axis.to - axis.from)).toBeCloseTo(0.25, 12);
    expect(axis.to - axis.from).toBeCloseTo(1000, 9);
  });

  it('ends at the limits, and at the values that occur', () => {
    expect(zoomed({ from: -800, to: 800 }, { at: 0.5, times: 1000 }, limits, WHOLE)).toEqual({ from: -100, to: 100 });
    const out = zoomed({ from: -800, to: 800 }, { at: 0.5, times: 0.01 }, limits, WHOLE);
    expect(out).toEqual(WHOLE);
    expect(shows(out, limits)).toBe(true);
  });
});
