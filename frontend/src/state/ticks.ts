/** Which values are written at a colour bar. */

import { type Colour, fractionOf, valueAt, type Warp, warpOf } from './colour';
import { ticks } from './numbers';

const MOST_TICKS = 5;

/** Round values that have at least `room` of the colour bar to themselves, a fraction of it. */
export function ticksOf(colour: Colour, room: number): number[] {
  const warp = warpOf(colour);
  const values = candidates(colour, warp);
  let last = Number.NEGATIVE_INFINITY;
  return values.filter((value) => {
    const at = fractionOf(value, warp);
    const isClear = at >= -0.001 && at <= 1.001 && at - last > room;
    if (isClear) last = at;
    return isClear;
  });
}

function candidates(colour: Colour, warp: Warp): number[] {
  if (warp.ranks) return [0, 0.25, 0.5, 0.75, 1].map((fraction) => Number(valueAt(fraction, warp).toPrecision(3)));
  return warp.curve === 'straight' ? ticks(colour.vmin, colour.vmax, MOST_TICKS) : decades(colour);
}

/** Powers of ten of both signs between the limits, then zero, in increasing order. */
function decades({ vmin, vmax }: Colour): number[] {
  const [low, high] = [Math.min(vmin, vmax), Math.max(vmin, vmax)];
  const top = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-30)));
  const powers = Array.from({ length: 8 }, (_, i) => 10 ** (top - i));
  const all = [...powers, 0, ...powers.map((power) => -power)].filter((value) => value >= low && value <= high);
  return [...new Set([low, high, ...all])]
    .sort((a, b) => a - b)
    .filter((value, i, list) => i === 0 || value !== list[i - 1]);
}
