import { describe, expect, test } from 'vitest';
import type { Colour } from './colour';
import { ticksOf } from './ticks';

const PLAIN: Colour = { cmap: 'gray', vmin: -400, vmax: 400, stretch: 'linear', absolute: false, inverted: false };

describe('the ticks of a colour bar', () => {
  test.each([
    [{}, [-400, -200, 0, 200, 400]],
    [{ vmin: 400, vmax: -400 }, [-400, -200, 0, 200, 400]],
    [{ stretch: 'asinh' }, [-400, -100, 0, 100, 400]],
    [{ stretch: 'symlog' }, [-400, -100, -10, 0, 10, 100, 400]],
    [{ stretch: 'log', vmin: 1, vmax: 1000 }, [1, 10, 100, 1000]],
    [{ stretch: 'log' }, [1, 10, 100, 400]],
    [{ stretch: 'sqrt', vmin: 0, vmax: 100 }, [0, 20, 40, 60, 80]],
    [{ stretch: 'square', vmin: 0, vmax: 100 }, [0, 40, 60, 80, 100]],
  ] as [Partial<Colour>, number[]][])('are round, telling and apart: %j', (change, wanted) => {
    expect(ticksOf({ ...PLAIN, ...change }, 0.11)).toEqual(wanted);
  });

  test.each(['linear', 'asinh', 'symlog', 'sqrt'] as const)('are there for limits close together: %s', (stretch) => {
    expect(ticksOf({ ...PLAIN, stretch, vmin: 3e-6, vmax: 3.001e-6 }, 0.11).length).toBeGreaterThan(1);
  });
});
