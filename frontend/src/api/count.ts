/** How often each value occurs among the numbers in the window. Pure: it runs in the worker, and in tests. */

import type { Histogram } from './types';

/** What the panels read of a histogram, whoever counted. */
export type Counts = Pick<Histogram, 'edges' | 'histogram' | 'vmin' | 'vmax'>;

const BINS = 256;
/** The limits that are recommended leave this fraction outside at each end. */
const TAIL = 0.01;
/** The histogram reaches this many times as far as the middle 99.8 %, at most: a bright source is no reason to squeeze the rest. */
const REACH = 4;

/** Count values without gaps; sorts them in place. Undefined when there are none. */
export function count(values: Float32Array): Counts | undefined {
  if (!values.length) return undefined;
  values.sort();
  const at = (fraction: number) => values[Math.round(fraction * (values.length - 1))]!;
  const room = REACH * (at(0.999) - at(0.001));
  const [low, high] = apart(Math.max(at(0), at(0.001) - room), Math.min(at(1), at(0.999) + room));
  const histogram = new Array<number>(BINS).fill(0);
  for (const value of values) {
    if (value < low || value > high) continue;
    histogram[Math.min(BINS - 1, Math.floor((BINS * (value - low)) / (high - low)))]!++;
  }
  const edges = Array.from({ length: BINS + 1 }, (_, i) => low + (i / BINS) * (high - low));
  const [vmin, vmax] = apart(at(TAIL), at(1 - TAIL));
  return { edges, histogram, vmin, vmax };
}

/** Two numbers with something between them. */
function apart(low: number, high: number): [number, number] {
  return high > low ? [low, high] : [low - (Math.abs(low) || 1) / 2, low + (Math.abs(low) || 1) / 2];
}
