import { describe, expect, it } from 'vitest';
import { count } from './count';

const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);

describe('counting what is in view', () => {
  it('finds every value, and limits that leave one in a hundred outside at each end', () => {
    const { edges, histogram, vmin, vmax } = count(Float32Array.from({ length: 10_001 }, (_, i) => i))!;
    expect(total(histogram)).toBe(10_001);
    expect([edges[0], edges.at(-1), vmin, vmax]).toEqual([0, 10_000, 100, 9900]);
    expect(Math.max(...histogram) - Math.min(...histogram)).toBeLessThanOrEqual(2);
  });

  it('is not squeezed by one bright source', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => (i === 7 ? 1e9 : (i % 100) - 50));
    const { edges } = count(values)!;
    expect(edges.at(-1)).toBeLessThan(1000);
  });

  it('has room for values that are all the same', () => {
    const { edges, histogram, vmin, vmax } = count(new Float32Array(10).fill(3))!;
    expect(total(histogram)).toBe(10);
    expect(edges[0]).toBeLessThan(3);
    expect(vmin).toBeLessThan(vmax);
  });

  it('has nothing to say of nothing', () => expect(count(new Float32Array())).toBeUndefined());
});
