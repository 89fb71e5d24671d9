/** Curves with fewer points. Pure. */

/**
 * Places of the points that are enough to draw evenly spaced ones by straight lines, the first and the last among them.
 *
 * @param points rows of numbers: one for a curve, three for colours.
 * @param tolerance how far off a number may be.
 */
export function knotsOf(points: readonly (readonly number[])[], tolerance: number): number[] {
  const last = points.length - 1;
  return last < 1 ? [0] : [0, ...between(points, [0, last], tolerance), last];
}

function between(points: readonly (readonly number[])[], [from, to]: [number, number], tolerance: number): number[] {
  let [worst, at] = [tolerance, -1];
  for (let i = from + 1; i < to; i++) {
    const share = (i - from) / (to - from);
    const off = Math.max(...points[i]!.map((y, k) => Math.abs(y - mix(points[from]![k]!, points[to]![k]!, share))));
    if (off > worst) [worst, at] = [off, i];
  }
  if (at < 0) return [];
  return [...between(points, [from, at], tolerance), at, ...between(points, [at, to], tolerance)];
}

function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}
