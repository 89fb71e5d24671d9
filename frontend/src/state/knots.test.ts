import { expect, it, test } from 'vitest';
import { knotsOf } from './knots';

it('needs the corners of a bent line, and nothing else', () => {
  const points = [0, 1, 2, 3, 2, 1, 0, 0, 0].map((y) => [y]);
  expect(knotsOf(points, 1e-9)).toEqual([0, 3, 6, 8]);
});

test.each([0.01, 0.001])('is never off by more than %f', (tolerance) => {
  const points = Array.from({ length: 300 }, (_, i) => [Math.sin(i / 40), Math.cos(i / 25)]);
  const knots = knotsOf(points, tolerance);
  expect(knots.length).toBeLessThan(150);
  for (const [n, to] of knots.entries()) {
    const from = knots[n - 1] ?? 0;
    for (let i = from; i < to; i++) {
      for (const k of [0, 1]) {
        const line = points[from]![k]! + ((i - from) / (to - from)) * (points[to]![k]! - points[from]![k]!);
        expect(Math.abs(line - points[i]![k]!)).toBeLessThanOrEqual(tolerance);
      }
    }
  }
});

test.each([[[]], [[[1]]]])('takes %j as it is', (points) => expect(knotsOf(points, 1)).toEqual([0]));
